# The desk's few commands. `make demo` needs Python 3.11 or newer and make, nothing else.

# Compiled files are kept, whatever the machine says: every command here starts many processes.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
# One more than the cores of a small machine: some tests wait for servers to start and stop.
PROCESSES ?= 3
VENV ?= .venv
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# What is installed is known by the hash of what was asked for, so a second start looks at one file name.
hash = $(shell cat $(1) pyproject.toml | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-16)
RUNNING := $(VENV)/.run-$(call hash,requirements.lock)
TESTING := $(VENV)/.dev-$(call hash,requirements-dev.lock)

.PHONY: help demo demo-reset test test-fast lint format lock
ifeq ($(wildcard $(VENV)/bin/python),)
.PHONY: $(RUNNING) $(TESTING)
endif

help:
	@echo "make demo        start the desk with demo content on http://localhost:$(PORT)/ (PORT=… for another port)"
	@echo "make demo-reset  the same, from the beginning: what was written in the demo is removed"
	@echo "make test        every test, on SQLite with the embedded queue and on PostgreSQL with Redis"
	@echo "make test-fast   the tests that need no browser, break nothing and are not slow, on SQLite"
	@echo "make lint        format, style, types, templates, missing migrations"
	@echo "make format      put the code in the house format"
	@echo "make lock        choose the newest allowed versions of everything the desk is built on"

demo: $(RUNNING)
	@$(VENV)/bin/python manage.py up --demo --port $(PORT)

demo-reset: $(RUNNING)
	@$(VENV)/bin/python manage.py up --demo --reset --port $(PORT)

# Each process starts servers of its own; tests that share what they set up are marked as one group.
SIDE_BY_SIDE = --numprocesses $(PROCESSES) --dist loadgroup

test: $(TESTING)
	$(VENV)/bin/python -m pytest $(SIDE_BY_SIDE) --stack=embedded
	$(VENV)/bin/python -m pytest $(SIDE_BY_SIDE) --stack=servers

test-fast: $(TESTING)
	$(VENV)/bin/python -m pytest $(SIDE_BY_SIDE) --stack=embedded -m "not browser and not faults and not slow"

lint: $(TESTING)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint --lint --quiet templates
	find editorial articles reviews tests -name '*.py' -exec $(VENV)/bin/django-upgrade --target-version 5.2 --check {} +
	$(VENV)/bin/python manage.py makemigrations --check --dry-run

format: $(TESTING)
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

# Run it with the oldest Python that is supported: some packages are needed there only, and do no harm elsewhere.
lock:
	$(PYTHON) -m venv var/lock
	var/lock/bin/pip install --quiet --upgrade pip pip-tools
	var/lock/bin/pip-compile $(LOCKING) --output-file requirements.lock pyproject.toml
	var/lock/bin/pip-compile $(LOCKING) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
LOCKING = --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-emit-options --no-header --no-annotate

$(RUNNING):
	$(call install,requirements.lock,run)

$(TESTING):
	$(call install,requirements-dev.lock,dev)

define install
	@test -n "$(PYTHON)" || { echo "The desk needs Python 3.11 or newer, and none was found on the PATH. Install one, or name it: make demo PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The desk needs Python 3.11 or newer, and $(PYTHON) is not one. Name another: make demo PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv. Then run make again."; exit 1; }
	@echo "Installing what $(1) lists into $(VENV). This is done once and takes about a minute…"
	@$(VENV)/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $(1)
	@rm -f $(VENV)/.$(2)-*
	@touch $@
endef
