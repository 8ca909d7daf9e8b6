"""Settings of the Django project.

Everything that differs between installations comes from the environment; `docs/running.md`
lists each variable. There is one settings module for the demo, the tests and production, so that
what is tested is what runs.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from openrvr.config import inlined, policy_file
from openrvr.config.database_url import database
from openrvr.config.evidence_storage import evidence_storage
from openrvr.config.her_phone import exit_origins, keep_nothing
from openrvr.config.secrets import evidence_master_keys, evidence_signing_keys, secret_key
from openrvr.foundation.languages import TRANSLATED

PACKAGE = Path(__file__).resolve().parent.parent


DEMO = os.environ.get("OPENRVR_DEMO") == "1"
# Served to phones in the local network too, while the seats stay on this computer.
DEMO_LAN = os.environ.get("OPENRVR_DEMO_LAN") == "1"
BASE_URL = (
    os.environ.get("OPENRVR_BASE_URL") or f"http://localhost:{os.environ.get('PORT', '8000')}"
)
DATA = Path(os.environ.get("DATA", "data")).resolve()
SECRET_KEY = secret_key(DATA)
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("OPENRVR_HOSTS", "").split(",") if host] or [
    "localhost",
    "127.0.0.1",
    "[::1]",
    urlsplit(BASE_URL).hostname or "localhost",
]
if DEMO:
    # Each seat of the demo force has a host name, and so a session, of its own.
    ALLOWED_HOSTS += [".localhost"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE = BASE_URL.startswith("https://")

_URL = os.environ.get("DATABASE_URL", "postgresql://openrvr_app@127.0.0.1/openrvr")
_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", _URL)
DATABASE_URL = _OWNER_URL if os.environ.get("OPENRVR_DATABASE_ROLE") == "owner" else _URL
DATABASES = {"default": database(DATABASE_URL)}
# The role that the application works as; `prepare_database` grants it what it needs and no more.
DATABASE_APPLICATION_ROLE = database(_URL)["USER"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "procrastinate.contrib.django",
    "csp",
    "openrvr.foundation.kit",
    "openrvr.foundation.people",
    "openrvr.foundation.audit",
    "openrvr.foundation.live",
    "openrvr.foundation.policy",
    "openrvr.foundation.cases",
    "openrvr.foundation.promises",
    "openrvr.foundation.messages",
    "openrvr.foundation.jobs",
    "openrvr.journey.escalation",
    "openrvr.journey.intake",
    "openrvr.journey.offer",
    "openrvr.journey.invitation",
    "openrvr.journey.chat",
    "openrvr.journey.waiting",
    "openrvr.journey.call",
    "openrvr.journey.silent",
    "openrvr.journey.evidence",
    "openrvr.journey.closing",
    "openrvr.consoles.control_room",
    "openrvr.consoles.officer_desk",
    "openrvr.consoles.supervisor",
    "openrvr.consoles.evidence_register",
    "openrvr.consoles.phone",
    "openrvr.consoles.guest",
    "openrvr.consoles.demo",
    "openrvr.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    # Before whatever answers in sentences.
    "openrvr.consoles.phone.language.HerLanguage",
    "openrvr.foundation.kit.errors.SentencesForErrors",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "openrvr.foundation.people.access.RequireDeclaredRole",
]

ROOT_URLCONF = "openrvr.config.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
# Whose console is opened after signing in, for somebody with several roles: the first of these.
CONSOLES = {
    "call_taker": "control_room",
    "supervisor": "supervisor",
    "officer": "desk",
    "information_manager": "register",
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

TEMPLATES = [
    {
        "BACKEND": "openrvr.config.templating.StepTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "openrvr.config.templating.environment",
            "context_processors": [
                "openrvr.foundation.kit.context.page",
            ],
        },
    },
]

# Database sessions: they survive a restart and are seen by every web process.
SESSION_COOKIE_NAME = "openrvr_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
# Until the browser is closed: one of a year would tell what her phone was used for.
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "openrvr.foundation.kit.errors.csrf_failure"
# The demo shows the phone in a frame on its own start page.
X_FRAME_OPTIONS = "SAMEORIGIN" if DEMO else "DENY"
# Nothing leaves this site; "no-referrer" would also make browsers send `Origin: null` with our own
# forms, which the protection against forged requests must refuse.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Not for the demo: a browser would refuse the plain one, at the same names, for a year.
SECURE_HSTS_SECONDS = 31_536_000 if SECURE and not DEMO else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# What has been read whole (bodies.py) stays in memory: nothing of hers is on the disk unsealed.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 16_000_000

STATIC_URL = "/static/"
# The front end's build writes hashed names; WhiteNoise serves them, with their compressed twins.
DIST = PACKAGE / "static" / "dist"
STATIC_ROOT = DIST
# The build writes ten digits of the content's hash into each name: a changed file is another file.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{10}\.\w+$"
WHITENOISE_ADD_HEADERS_FUNCTION = keep_nothing
WHITENOISE_AUTOREFRESH = False
WHITENOISE_USE_FINDERS = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", *inlined.hashes(DIST, inlined.STYLES)],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'" if DEMO else "'none'"],
        # And where "Exit this page" leads on to, when it is a form's button: without a script.
        "form-action": ["'self'", *exit_origins(policy_file.read().exit_address)],
        "frame-ancestors": ["'self'" if DEMO else "'none'"],
        "base-uri": ["'none'"],
    },
}

# Her pages allow these scripts and no address, in place of the above.
SCRIPTS_OF_HER_PAGES = inlined.hashes(DIST, inlined.SCRIPTS)

# The force's own rules. The sample that ships is used where a force has not written one.
POLICY_FILE = policy_file.path()

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), *((each.code, each.name) for each in TRANSLATED)]
# Built from translations/*.po by `make setup`.
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
# Stored and computed in UTC; shown in the force's own zone, which its policy file names.
TIME_ZONE = policy_file.read().force.time_zone

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# Texts: "demo" shows them on the demo's phone, "notify" sends them by GOV.UK Notify. Outside the
# demo nothing pretends to have sent a text.
TEXT_PROVIDER = os.environ.get("OPENRVR_TEXT_PROVIDER") or ("demo" if DEMO else "notify")
NOTIFY_API_KEY = os.environ.get("NOTIFY_API_KEY", "")
NOTIFY_TEMPLATE_ID = os.environ.get("NOTIFY_TEMPLATE_ID", "")
NOTIFY_SENDER_ID = os.environ.get("NOTIFY_SENDER_ID", "")
NOTIFY_BASE_URL = os.environ.get("NOTIFY_BASE_URL", "")  # empty: the client's own default
NOTIFY_CALLBACK_TOKEN = os.environ.get("NOTIFY_CALLBACK_TOKEN", "")

# Evidence: encrypted under these keys, in this storage, apart from everything else.
EVIDENCE_SIGNING_KEYS = evidence_signing_keys(DATA)
EVIDENCE_MASTER_KEYS = evidence_master_keys(DATA)
STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "evidence": evidence_storage(DATA),
}

# What looks at the files that she sends: clamd:/run/clamav/clamd.ctl, clamd:HOST:PORT, or nobody.
ANTIVIRUS = os.environ.get("OPENRVR_ANTIVIRUS", "")

# A time-stamp authority (RFC 3161) that packages are stamped by; its root certificates, in PEM.
TIME_STAMP_URL = os.environ.get("OPENRVR_TIME_STAMP_URL", "")
TIME_STAMP_ROOTS = os.environ.get("OPENRVR_TIME_STAMP_ROOTS", "")

# Media: "peer", from browser to browser, or "janus", over the nodes that are named here
# (name=ws://10.0.0.5:8188, ...), which share one secret.
MEDIA_PLANE = os.environ.get("OPENRVR_MEDIA_PLANE") or "peer"
JANUS_NODES = [n.strip() for n in os.environ.get("OPENRVR_JANUS_NODES", "").split(",") if n.strip()]
JANUS_SECRET = os.environ.get("OPENRVR_JANUS_SECRET", "")
# Where the nodes record to, on their own disks; empty: they do not.
JANUS_RECORDINGS = os.environ.get("OPENRVR_JANUS_RECORDINGS", "")
# Without TURN servers browsers must reach each other, or the node, directly.
STUN_URLS = [u for u in os.environ.get("OPENRVR_STUN_URLS", "").split(",") if u]
TURN_URLS = [u for u in os.environ.get("OPENRVR_TURN_URLS", "").split(",") if u]
TURN_SECRET = os.environ.get("OPENRVR_TURN_SECRET", "")
TURN_RELAY_ONLY = os.environ.get("OPENRVR_TURN_RELAY_ONLY") == "1"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "openrvr.config.log_secrets.WithoutSecrets",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("OPENRVR_LOG", "WARNING")},
    "loggers": {"openrvr": {"level": "INFO"}},
}
