"""Settings, read from the environment; what is not set falls back to the embedded servers of BRANDBOARD_HOME."""

import logging
import os
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from common.observability.logs import logging_settings
from common.web.links import base_url
from config.mail import mailers
from servers import embedded
from servers.home import PROJECT, home, secret_key


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


BASE_DIR = PROJECT
HOME = home()
PORT = int(os.environ.get("PORT") or 8000)
DEBUG = flag("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key()
SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split()  # earlier ones, still valid for reading
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split() or ["localhost", "127.0.0.1", "[::1]"]
try:
    # Where links in mails lead; the Host of a request is chosen by its sender.
    BASE_URL = base_url(os.environ.get("BASE_URL") or f"http://localhost:{PORT}")
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None
CSRF_TRUSTED_ORIGINS = os.environ.get("CSRF_TRUSTED_ORIGINS", "").split()

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "accounts.admin_app.AdminApp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "django_structlog",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "ninja",
    "config",
    "servers",
    "accounts",
    "program",
    "contracts",
    "tracking",
    "reports",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.observability.requests.NotedRequestMiddleware",
    "common.requests.packed_bodies.PackedBodyMiddleware",
    "common.observability.health.HealthMiddleware",
    "common.requests.charset.CharsetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.audit.actor.ActorMiddleware",
    "accounts.sign_in.sessionless.SessionlessMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.sign_in.sessions.IdleSessionMiddleware",
    "accounts.sign_in.sessions.NoStoreMiddleware",
    "common.requests.form_limits.FormLimitsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.web.htmx.LoginRedirectMiddleware",
    "common.web.htmx.MessagesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.second_factor.required.RequiredFactorMiddleware",
    "program.frame.request.ProgramMiddleware",
    "accounts.throttling.password_hashing.TooManyHashesMiddleware",
    "axes.middleware.AxesMiddleware",
]
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
                "program.frame.context.frame",
            ]
        },
    }
]


def database(url: str) -> dict[str, object]:
    """Return Django's form of a PostgreSQL address; what Django has no name for goes to libpq as it is."""
    try:
        parts = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL is not a PostgreSQL address: {str(error).strip()}") from None
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    settings = {key: str(parts.pop(name, None) or "") for key, name in named.items()}
    return {"ENGINE": "django.db.backends.postgresql", **settings, "CONN_HEALTH_CHECKS": True, "OPTIONS": parts}


DATABASES = {"default": database(os.environ.get("DATABASE_URL") or embedded.url("postgres"))}
if pool := int(os.environ.get("DATABASE_POOL") or 0):
    # For web processes alone: a forked Celery worker must not share connections. A database that is down is a 503 after
    # `timeout`. Meanwhile each attempt to connect waits twice as long as the last for `reconnect_timeout`, then starts
    # over: so it is found soon after it is back.
    sizes = {"min_size": 1, "max_size": pool, "timeout": 2, "reconnect_timeout": 4}
    DATABASES["default"]["OPTIONS"]["pool"] = sizes  # type: ignore[index]
# How often a connection runs a statement of common/db/statements.py before it is prepared; None is never.
PREPARED_AFTER = 2 if flag("DATABASE_PREPARED", True) else None
REDIS_URL = os.environ.get("REDIS_URL") or embedded.url("valkey")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def broker(url: str) -> str:
    """Return the broker's address as kombu spells it: a socket is redis+socket:// with virtual_host for the number."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?virtual_host={parse_qs(parts.query).get('db', ['0'])[0]}"


CELERY_BROKER_URL = broker(REDIS_URL)

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [folder for folder in (BASE_DIR / "static",) if folder.is_dir()]
_static_storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
if not DEBUG:
    _static_storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
KEEP_FILES_DAYS = int(os.environ.get("KEEP_FILES_DAYS") or 30)  # contents of uploads, exports and group files
# Where the European Central Bank's rates are fetched daily; without, nothing is ever fetched.
EXCHANGE_RATES_URL = os.environ.get("EXCHANGE_RATES_URL") or ""
if EXCHANGE_RATES_URL and not EXCHANGE_RATES_URL.startswith("https://"):
    raise ImproperlyConfigured("EXCHANGE_RATES_URL must begin with https://, so that nobody can change the rates.")
# A file of the operator's in the format MMDB by which regions are told from IP addresses; without, none is known.
REGION_DATABASE = os.environ.get("REGION_DATABASE") or ""
API_REQUESTS_PER_MINUTE = int(os.environ.get("API_REQUESTS_PER_MINUTE") or 6000)  # of one token
# Clicks, impressions and pixels of one address to one program that are recorded.
STRANGER_REQUESTS_PER_MINUTE = int(os.environ.get("STRANGER_REQUESTS_PER_MINUTE") or 300)
CLICK_RETENTION_DAYS = int(os.environ.get("CLICK_RETENTION_DAYS") or 400)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000  # more where a view says so: common/requests/form_limits.py
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600  # static files are collected with it, too

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "accounts.throttling.password_hashing.Argon2",
    "accounts.throttling.password_hashing.PBKDF2",
]
# The folder whose locks let two hashes be computed on the machine; None: two in each process.
PASSWORD_PLACES = None if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL") else HOME
_validators = ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"} for name in _validators
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.second_factor.required.Backend"]
AXES_FAILURE_LIMIT = int(os.environ.get("LOG_IN_FAILURES") or 5)
AXES_COOLOFF_TIME = timedelta(minutes=int(os.environ.get("LOG_IN_LOCK_MINUTES") or 15))
ADDRESS_FAILURE_LIMIT = int(os.environ.get("LOG_IN_FAILURES_OF_ADDRESS") or 20)  # whatever the names
AXES_HANDLER = "accounts.throttling.lock_out.Handler"
AXES_USERNAME_CALLABLE = "accounts.throttling.lock_out.counted_as"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page promises how long it takes
AXES_CLIENT_IP_CALLABLE = "common.requests.client_address.address_to_count"
AXES_LOCKOUT_CALLABLE = "accounts.sign_in.pages.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# The addresses or networks from which X-Forwarded-For is trusted.
TRUSTED_PROXIES = os.environ.get("TRUSTED_PROXIES", "").split()
OTP_STATIC_THROTTLE_FACTOR = 0  # 80 bits cannot be guessed, and waiting would keep the owner out
OTP_TOTP_ISSUER = "Brandboard"
PASSWORD_RESET_TIMEOUT = 3600  # seconds that a link is valid
SESSION_COOKIE_AGE = int(os.environ.get("SESSION_IDLE_HOURS") or 12) * 3600  # since the last use: sign_in/sessions.py

MAIL_IS_SENT: bool = bool(os.environ.get("EMAIL_URL"))
MAILERS = mailers(os.environ.get("EMAIL_URL") or "")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("EMAIL_FROM") or "Brandboard <brandboard@localhost>"

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accounts.sign_in.csrf.failed"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token themselves
# Set where a proxy ends TLS. On plain http://localhost a secure cookie would never come back.
if HTTPS := flag("HTTPS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Requested by machines of this network, bypassing the proxy.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS")
    SECURE_HSTS_PRELOAD = flag("HSTS_PRELOAD")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

METRICS_TOKEN = os.environ.get("METRICS_TOKEN") or ""
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
try:
    LOGGING = logging_settings(
        format=os.environ.get("LOG_FORMAT") or "logfmt", level=os.environ.get("LOG_LEVEL") or "WARNING"
    )
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None
