"""The cast: Ana writes, Rob and Rita review, Eva and Ruth edit, Noor is nobody, Max is a machine."""

import pytest

from tests import factories


@pytest.fixture
def ana(db):
    return factories.person("Ana")


@pytest.fixture
def eva(db):
    return factories.person("Eva", is_staff=True, is_managing_editor=True)


@pytest.fixture
def ruth(db):
    return factories.person("Ruth", is_staff=True, is_responsible_editor=True)


@pytest.fixture
def noor(db):
    return factories.person("Noor")


@pytest.fixture
def max_the_machine(db):
    return factories.person("Max", is_machine=True)


@pytest.fixture
def root(db):
    return factories.person("Root", is_staff=True, is_superuser=True)


@pytest.fixture
def rob(db):
    return factories.board_member("Rob")


@pytest.fixture
def rita(db):
    return factories.board_member("Rita")


@pytest.fixture
def draft(ana):
    return factories.draft(by=ana)


@pytest.fixture
def submitted(ana):
    return factories.submitted(by=ana)


@pytest.fixture
def assignment(submitted, rob, eva):
    return factories.assigned(submitted, rob, by=eva)


@pytest.fixture
def approved(ana, rob, eva):
    return factories.approved(by=ana, reviewer=rob, editor=eva)
