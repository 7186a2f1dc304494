"""WSGI application of the *web* process: short requests only."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asp.config.settings")

application = get_wsgi_application()

from tenants.observe import alive  # noqa: E402 - settings first

alive.start()
