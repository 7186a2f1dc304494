"""ASGI application of the *realtime* process: server-sent events only.

It loads no apps and opens no connection to the database: a ticket says everything.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asp.config.settings")

from django.conf import settings  # noqa: E402
from django.utils.log import configure_logging  # noqa: E402

configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)

from asp.live.realtime.server import Realtime  # noqa: E402 - logging first

application = Realtime()
