"""Every setting of the desk: what differs between places is an environment variable with a working local default."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

from editorial.broker import socket_path

HOME = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in env(name, default).split(",") if word.strip()]


def secret(name: str) -> str:
    """A secret must be given in production; locally a public stand-in keeps the demo's seals valid between starts."""
    if value := env(name):
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"Set {name}: with PRODUCTION=1 the desk does not start on a key that is public.")
    return f"local-only-{name.lower()}-do-not-use-where-readers-are"


PRODUCTION = flag("PRODUCTION")
DEBUG = flag("DEBUG") and not PRODUCTION
VAR = Path(env("VAR_DIR") or HOME / "var").resolve()
VAR.mkdir(mode=0o700, parents=True, exist_ok=True)

SECRET_KEY = secret("SECRET_KEY")
SEAL_KEY = secret("SEAL_KEY")
SEAL_KEY_FALLBACKS = words("SEAL_KEY_FALLBACKS")

SITE_NAME = env("SITE_NAME", "The Editorial Desk")
SITE_URL = env("SITE_URL", "http://localhost:8000").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
SWEEP_URL = env("SWEEP_URL", SITE_URL).rstrip("/")
if PRODUCTION and not env("SITE_URL"):
    raise ImproperlyConfigured("Set SITE_URL: links in e-mails are made from it, never from a request.")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", f"{urlsplit(SITE_URL).hostname},localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "editorial",
    "articles",
    "reviews",
    "editorial.admin_app.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "guardian",
    "simple_history",
]

MIDDLEWARE = [
    "editorial.middleware.RequestId",
    "editorial.language_middleware.Language",
    "editorial.compression_middleware.Compression",
    "editorial.middleware.BodyLimit",
    "editorial.middleware.CautionGuard",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "editorial.account_middleware.WordsOutliveSessions",
    "editorial.account_middleware.SignInNeedsTheCache",
    "editorial.account_middleware.SecondFactorGate",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "editorial.urls"
WSGI_APPLICATION = "editorial.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HOME / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "editorial.context.site",
                "reviews.context.inbox",
            ]
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        env("DATABASE_URL") or f"sqlite:///{VAR / 'desk.sqlite3'}",
        conn_max_age=int(env("DATABASE_CONN_MAX_AGE", "60")),
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Django's own defaults answered "database is locked" to two thirds of concurrent writers; these to none.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        " PRAGMA recursive_triggers=ON;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL") or f"unix://{socket_path(VAR)}"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        "KEY_PREFIX": "desk",
    }
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task, or a slow one is started twice.
    "visibility_timeout": 900,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "socket_keepalive": True,
    # A bell that nobody hears is not rung for long: the clock delivers what it missed.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "deliver-outbox": {"task": "reviews.tasks.deliver_outbox", "schedule": 15.0, "options": {"expires": 15}},
    "remind": {"task": "reviews.tasks.remind", "schedule": 300.0, "options": {"expires": 300}},
    "sweep": {"task": "reviews.tasks.sweep", "schedule": 300.0, "options": {"expires": 300}},
    "count-reads": {"task": "reviews.tasks.count_reads", "schedule": 300.0, "options": {"expires": 300}},
    "index-passages": {"task": "reviews.tasks.index_passages", "schedule": 900.0, "options": {"expires": 900}},
    "forget-readers-words": {
        "task": "reviews.tasks.forget_readers_words",
        "schedule": crontab(hour="*", minute=10),
        "options": {"expires": 1800},
    },
    "forget-unsaved-words": {
        "task": "reviews.tasks.forget_unsaved_words",
        "schedule": crontab(hour=4, minute=20),
        "options": {"expires": 3600},
    },
    "load-retractions": {
        "task": "reviews.tasks.load_retractions",
        # By the hour of the day: an interval of a day would begin anew whenever beat is started anew.
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 3600},
    },
}
# A file that the operator keeps up to date, or an https:// address that the list is fetched from.
RETRACTION_LIST = env("RETRACTION_LIST")
# Sources are looked up at Crossref and PubMed only where this is on; saved records are read in any case.
LOOKUP_ONLINE = flag("LOOKUP_ONLINE")
LOOKUP_CACHE = Path(env("LOOKUP_CACHE") or VAR / "lookups")

EMAIL_URL = urlsplit(env("EMAIL_URL"))
if EMAIL_URL.scheme in {"smtp", "smtps", "smtp+tls"}:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = EMAIL_URL.hostname or "localhost"
    EMAIL_PORT = EMAIL_URL.port or 25
    EMAIL_HOST_USER = EMAIL_URL.username or ""
    EMAIL_HOST_PASSWORD = EMAIL_URL.password or ""
    EMAIL_USE_SSL = EMAIL_URL.scheme == "smtps"
    EMAIL_USE_TLS = EMAIL_URL.scheme == "smtp+tls"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"
EMAIL_TIMEOUT = 10
FUNDING = env("FUNDING")
CONTACT_EMAIL = env("CONTACT_EMAIL", f"editors@{urlsplit(SITE_URL).hostname}")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <desk@{urlsplit(SITE_URL).hostname}>")
if PRODUCTION and not env("EMAIL_URL"):
    raise ImproperlyConfigured("Set EMAIL_URL (smtp://user:password@host:port): the desk must be able to tell people.")

# What readers are promised about their questions and reports; both pages say it.
QUESTIONS_KEPT_DAYS = int(env("QUESTIONS_KEPT_DAYS", "180"))
REPORT_DUE_DAYS = int(env("REPORT_DUE_DAYS", "14"))
SAFETY_REPORT_DUE_DAYS = int(env("SAFETY_REPORT_DUE_DAYS", "1"))
# How readers call for help where this site is read.
EMERGENCY_NUMBERS = env("EMERGENCY_NUMBERS", "112 in Europe, 999 in the United Kingdom, 911 in North America")

AUTH_USER_MODEL = "editorial.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# No anonymous object permissions: what strangers may read is decided by the standing alone.
ANONYMOUS_USER_NAME = None
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home-of-user"
LOGOUT_REDIRECT_URL = "article-list"

SIGN_UP = env("SIGN_UP", "invitation")
if SIGN_UP not in {"invitation", "request", "closed"}:
    raise ImproperlyConfigured("Set SIGN_UP to invitation, request or closed.")
# The demo's accounts have a public password and no telephone; where readers are, staff need more than a password.
REQUIRE_SECOND_FACTOR = flag("REQUIRE_SECOND_FACTOR", PRODUCTION)
PASSWORD_RESET_TIMEOUT = 4 * 3600

ACCOUNT_ADAPTER = "editorial.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# An address counts once its owner has followed a link: that of an invitation, or one that is asked for.
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    "reset_password": "20/m/ip,3/h/key",
    "confirm_email": "1/1m/key",
    "request_account": "5/h/ip",
    "open_account": "20/m/ip",
}
ACCOUNT_FORMS = {
    "login": "editorial.account_forms.SignInForm",
    "add_email": "editorial.account_forms.AddressForm",
    "change_password": "editorial.account_forms.NewPasswordForm",
    "reset_password": "editorial.account_forms.LostPasswordForm",
    "reset_password_from_key": "editorial.account_forms.PasswordByLinkForm",
    "user_token": "editorial.account_forms.ResetLinkForm",
    "reauthenticate": "editorial.account_forms.PasswordAgainForm",
}
MFA_ADAPTER = "editorial.account_adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
# A code is good a period longer than it is shown: telephones go wrong, and people type slowly.
MFA_TOTP_TOLERANCE = 1
# Nobody can open an account with an address that is not theirs, so a factor need not wait for its verification.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "editorial.account_forms.CodeForm",
    "reauthenticate": "editorial.account_forms.CodeAgainForm",
    "activate_totp": "editorial.account_forms.AppForm",
    "add_webauthn": "editorial.account_forms.PasskeyForm",
    "authenticate_webauthn": "editorial.account_forms.PasskeyCodeForm",
    "reauthenticate_webauthn": "editorial.account_forms.PasskeyAgainForm",
    "login_webauthn": "editorial.account_forms.PasskeySignInForm",
}

LANGUAGE_CODE = "en-gb"
# The one language that readers' pages speak (English, or one with a catalogue in `locale`); the desks speak English.
READERS_LANGUAGE = env("READERS_LANGUAGE", LANGUAGE_CODE)
LOCALE_PATHS = [HOME / "locale"]
FORMAT_MODULE_PATH = ["editorial.formats"]
# The languages this site has texts in: a text in one of them is cautioned in it. The desk does not start where a
# caution lacks words in one.
LANGUAGES = [(code, LANG_INFO.get(code, {}).get("name", code)) for code in dict.fromkeys(["en", *words("LANGUAGES")])]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [HOME / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if not (STATIC_ROOT / "staticfiles.json").exists() and not PRODUCTION:
    # Nothing collected yet (a first `manage.py` command, a test): serve straight from the source folders.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "editorial.refusal_pages.form_too_old"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A proxy of ours stands in front and says who asks and how; without one, nobody's word is taken for it.
BEHIND_PROXY = flag("BEHIND_PROXY")
# Limits count the address that our own proxy saw.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
if SITE_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = int(env("HSTS_SECONDS", "31536000"))
    SECURE_SSL_REDIRECT = flag("SSL_REDIRECT")
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LONGEST_BODY = 6_000_000  # bytes: a form with a file of references
LONGEST_ADMIN_BODY = 210_000_000  # bytes: a retraction list
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# Where a table is rebuilt by a migration, the guards are put back; where history is written, by whom comes with it.
SIMPLE_HISTORY_REVERT_DISABLED = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
    "loggers": {"editorial": {"level": "INFO"}, "reviews": {"level": "INFO"}, "articles": {"level": "INFO"}},
}
