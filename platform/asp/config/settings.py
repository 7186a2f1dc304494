"""Settings of every process. What differs between machines comes from `asp.config.environment`."""

import os
from pathlib import Path

from asp.config.environment import ROOT, database_settings, read_environment

ASP = read_environment()
# Sheets come from strangers: openpyxl reads them through defusedxml, and not through lxml, which drawings of
# processes need and which it would prefer.
os.environ["OPENPYXL_LXML"] = "False"
SECURE = ASP.scheme == "https"

DEBUG = False
SECRET_KEY = ASP.secret_key
# Hosts are decided by tenants.routing, which answers 404 for a name that is nobody's.
ALLOWED_HOSTS = ["*"]
USE_X_FORWARDED_HOST = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- apps -------------------------------------------------------------------------------------------
_EVERYWHERE = [
    "asp.accounts.apps.AccountsConfig",
    "asp.audit.apps.AuditConfig",
    "asp.messages.apps.MessagesConfig",
    "asp.jobs.apps.JobsConfig",
    "asp.blobs.apps.BlobsConfig",
    "asp.workdays.apps.WorkdaysConfig",
    "asp.outbox.apps.OutboxConfig",
    "asp.idempotency.apps.IdempotencyConfig",
    "asp.notify.apps.NotifyConfig",
    "axes",
]
_HOST_ONLY = [
    "django_tenants",
    "tenants.apps.TenantsConfig",
    "provisioning.apps.ProvisioningConfig",
    "asp.ui.apps.UiConfig",
    "asp.audit.heads.apps.AuditHeadsConfig",
    "asp.outbox.relay.apps.OutboxRelayConfig",
    "asp.workdays.national.apps.NationalConfig",
    "asp.live.apps.LiveConfig",
    "asp.forms.apps.FormsConfig",
    "asp.operations.apps.OperationsConfig",
    # Only because django-tenants and axes import them; no bureau has their tables.
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_otp",
]
_OFFICE = [
    "asp.search.apps.SearchConfig",
    "asp.assurance.apps.AssuranceConfig",
    "asp.exports.apps.ExportsConfig",
    "office.organization.apps.OrganizationConfig",
    "office.workbench.apps.WorkbenchConfig",
    "office.notices.apps.NoticesConfig",
    "office.offers.apps.OffersConfig",
    "office.library.apps.LibraryConfig",
    "office.workflow.apps.WorkflowConfig",
    "office.documents.apps.DocumentsConfig",
]


def _module(name: str) -> str:
    """django-tenants' router compares app modules, not the paths of their configurations."""
    return name.split(".apps.")[0]


SHARED_APPS = [_module(name) for name in (*_HOST_ONLY, *_EVERYWHERE)]
TENANT_APPS = [_module(name) for name in (*_EVERYWHERE, *_OFFICE)]
INSTALLED_APPS = [*_HOST_ONLY, *_EVERYWHERE, *_OFFICE]

TENANT_MODEL = "tenants.Bureau"
TENANT_DOMAIN_MODEL = "tenants.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DATABASES = {"default": database_settings(ASP)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"  # third-party tables; ours have UUID keys

# --- uploads ------------------------------------------------------------------------------------------
UPLOAD_SLOTS = max(1, ASP.transfer_threads - 8)  # the other threads stay for what is short
UPLOAD_SLOTS_PER_OWNER = 6

# --- requests ---------------------------------------------------------------------------------------
URL_TABLES = {
    "hall": "asp.config.urls_hall",
    "host": "asp.config.urls_host",
    "bureau": "asp.config.urls_bureau",
    "content": "asp.config.urls_content",
}
ROOT_URLCONF = "asp.config.urls_hall"
APPEND_SLASH = True
MIDDLEWARE = [
    "asp.ui.middleware.RequestIdMiddleware",
    "asp.ui.access_log.AccessLogMiddleware",
    "asp.ui.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.SiteMiddleware",
    "asp.accounts.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "asp.accounts.middleware.OriginMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "asp.accounts.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "asp.ui.middleware.LanguageMiddleware",
    "asp.ui.middleware.ErrorsMiddleware",
    "asp.ui.middleware.FlashMiddleware",
    "axes.middleware.AxesMiddleware",
    "asp.idempotency.middleware.IdempotencyMiddleware",
]
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "tb_csrf"
CSRF_FAILURE_VIEW = "asp.ui.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = False  # the proxy in front does it

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "asp.ui.context.shell",
            ],
            "builtins": ["asp.idempotency.templatetags.idempotency"],
        },
    },
]
FORM_RENDERER = "asp.ui.forms.Renderer"

# --- people -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "asp.accounts.backends.SiteBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "asp.accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "asp.accounts.passwords.PersonalDataValidator"},
    {"NAME": "asp.accounts.passwords.CommonValidator"},
    {"NAME": "asp.accounts.passwords.CharacterClassesValidator"},
    {"NAME": "asp.accounts.passwords.HistoryValidator"},
]
LOGIN_URL = "accounts:sign-in"
SESSION_ENGINE = "asp.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "tb_session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
OTP_TOTP_ISSUER = "Tongban"

AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]  # the bureau is the schema; sources are counted in Valkey
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "asp.accounts.sources.client_address"

# --- cache, mail ------------------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ASP.redis_url,
        "KEY_FUNCTION": "tenants.cache.make_key",
        "OPTIONS": {
            "serializer": "tenants.cache.JsonSerializer",
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
        },
    },
}
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

# --- languages and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "tb_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # how instants are shown; they are stored as UTC

# --- static files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # files live in asp.blobs
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"/ui/dist/.+-[\w-]{8}\.[a-z]+$"

# --- checks, logs -----------------------------------------------------------------------------------
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # sources are counted over all bureaus by asp.accounts.sources
    "security.W001",  # asp.ui.middleware sets the headers, for every answer
    "security.W002",
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "asp.ui.logs.JsonFormatter"},
        "text": {"()": "asp.ui.logs.TextFormatter"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": ASP.log_format},
        "none": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # It tells who was locked out; the audit log does that for those who may read it.
        "axes": {"handlers": ["none"], "propagate": False},
        "botocore": {"level": "WARNING"},
        "boto3": {"level": "WARNING"},
    },
}
BASE_DIR: Path = ROOT
