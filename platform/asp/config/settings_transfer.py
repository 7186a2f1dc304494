"""Settings of the *transfer* process: many threads that wait for bytes, no database connection kept."""

from asp.config.settings import *  # noqa: F403 - Django's own way to vary settings
from asp.config.settings import DATABASES

URL_TABLES = {
    "hall": "asp.config.urls_transfer",
    "host": "asp.config.urls_transfer",
    "bureau": "asp.config.urls_transfer",
    "content": "asp.config.urls_content",
}
ROOT_URLCONF = "asp.config.urls_transfer"
DATABASES["default"]["CONN_MAX_AGE"] = 0
