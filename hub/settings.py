"""The only reader of the environment. Safe for production by default.

What the environment lacks is looked up in `$HUB_HOME/hub.env`, which `make up` writes.
"""

import sys
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from hub.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
HUB_HOME = Path(env.str("HUB_HOME", default=str(BASE_DIR / ".hub"))).resolve()
if (HUB_HOME / "hub.env").exists():
    env.read_env(HUB_HOME / "hub.env", overwrite=False)

# -- process ---------------------------------------------------------------------------
PROCESS = env.str("HUB_PROCESS", default="web")
DEBUG = env.bool("HUB_DEBUG", default=False)
SECRET_KEY = env.str("HUB_SECRET_KEY", default="")
if not SECRET_KEY:
    if PROCESS != "owner" and "collectstatic" not in sys.argv:
        raise ImproperlyConfigured("HUB_SECRET_KEY is not set (make up makes one).")
    SECRET_KEY = "only-for-migrations-and-static-files"  # noqa: S105
# Keys for what is stored: digests of API secrets and the envelope of webhook secrets.
PEPPER = env.str("HUB_PEPPER", default=SECRET_KEY).encode()
BASE_URL = env.str("HUB_BASE_URL", default="http://127.0.0.1:8000")
ALLOWED_HOSTS = env.list("HUB_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = BASE_URL.startswith("https://")
TRUSTED_PROXIES = env.int("HUB_TRUSTED_PROXIES", default=0)

# -- applications ----------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    # Before Django's own people, whose French has another word for "Email" than this console.
    "allauth",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_celery_beat",
    "csp",
    "accounts",
    "users",
    "contacts",
    "apisettings",
    "billing",
    "senders",
    "messaging",
    "subaccounts",
    "hub",
]
# A tool of development: it refuses two next migrations of one app.
if find_spec("django_linear_migrations"):
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "apisettings.http.ApiLane",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Static files are compressed when they are collected, answers of the API are small.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "users.last_seen.LastSeenMiddleware",
    "users.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "users.kept_form.KeptFormMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "users.wrong_input.WrongInputMiddleware",
]

ROOT_URLCONF = "hub.urls"
# Of the programs' lane, which goes past the console's middleware.
API_URLCONF = "messaging.api_urls"
WSGI_APPLICATION = "hub.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hub.context.console",
            ],
        },
    },
]
FORM_RENDERER = "hub.forms.ConsoleRenderer"

# -- database --------------------------------------------------------------------------
# One database, three logins. The owner migrates; web and worker own nothing.
DATABASE_URLS = {
    "owner": env.str("DATABASE_URL", default=""),
    "web": env.str("DATABASE_URL_WEB", default=""),
    "worker": env.str("DATABASE_URL_WORKER", default=""),
}
if PROCESS not in DATABASE_URLS:
    raise ImproperlyConfigured("HUB_PROCESS must be owner, web or worker.")
DATABASES = {
    "default": {
        **environ.Env.db_url_config(
            DATABASE_URLS[PROCESS] or "postgres://hub@127.0.0.1:5432/hub",
            engine="django.db.backends.postgresql",
        ),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": {
            "server_side_binding": False,
            "prepare_threshold": 2,
            "connect_timeout": 5,
            # Prepared statements here are the hot paths' (accounts/statements.py): planned once a
            # connection, never on a guess from one batch's values (80 -> 50 us a receipt). Such a
            # plan outlives the emptiness of a table, so it may not count on one: no whole-table
            # scan where there is an index. Before Postgres 18 that inflates the cost of the other
            # scans, which would start the compiler each time.
            "options": (
                "-c lock_timeout=5s -c statement_timeout=30s -c jit=off"
                " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- broker ----------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "clock"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "retry_on_timeout": True,
}
CELERY_BROKER_HEARTBEAT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BEAT_SCHEDULER = "hub.clock:Clock"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_MAX_LOOP_INTERVAL = 1

# -- people ----------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    *(["django.contrib.auth.hashers.Argon2PasswordHasher"] if sys.platform != "darwin" else []),
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "users.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "users.sign_in_forms.ChangePasswordForm",
    "set_password": "users.sign_in_forms.SetPasswordForm",
    "reset_password_from_key": "users.sign_in_forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Hub"
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("home")
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hub.views.csrf_failure"

# -- mail ------------------------------------------------------------------------------
# A mail server that says nothing keeps the mail worker no longer than this.
EMAIL_TIMEOUT = 10
# Without a mail server, mail is written to files an operator can read.
EMAIL_URL = env.str("HUB_EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(HUB_HOME / "mail")
DEFAULT_FROM_EMAIL = env.str("HUB_FROM_EMAIL", default="Hub <no-reply@hub.example>")

# -- language and time -----------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "hub_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False

# -- browser ---------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HUB_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env.bool("HUB_PLAIN_STATIC", default=False)
        else "hub.styles.OneSheetStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or env.bool("HUB_PLAIN_STATIC", default=False)
CONTENT_SECURITY_POLICY = {
    # The staff admin brings a script library of its own that needs more; see the decision.
    "EXCLUDE_URL_PREFIXES": ("/staff/",),
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = HTTPS and env.bool("HUB_SSL_REDIRECT", default=False)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
if env.bool("HUB_BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
APPEND_SLASH = True
# POST /v1/messages takes up to 100 messages of 5,000 characters, escapes included.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# -- outgoing HTTP and carriers --------------------------------------------------------
HTTP_ALLOW = [ip_network(cidr) for cidr in env.list("HUB_HTTP_ALLOW", default=[])]
SIMULATOR_BOOK = HUB_HOME / "simulator.jsonl"

# -- help ------------------------------------------------------------------------------
# Whom the Help page names; empty: the administrators of one's own account.
SUPPORT_EMAIL = env.str("HUB_SUPPORT_EMAIL", default="")

# -- operators -------------------------------------------------------------------------
# Lets a Prometheus server read /metrics; without it only signed-in staff may.
METRICS_TOKEN = env.str("HUB_METRICS_TOKEN", default="")

# -- logs ------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("HUB_LOG_LEVEL", default="INFO")},
    "loggers": {"celery": {"level": "WARNING"}, "kombu": {"level": "ERROR"}},
}

SILENCED_SYSTEM_CHECKS: list[str] = []
UNFOLD = {
    "SITE_TITLE": "Hub",
    "SITE_HEADER": "Hub",
    "SITE_SYMBOL": "hub",
    "SITE_DROPDOWN": [{"title": _("Operations"), "link": reverse_lazy("operations")}],
}
