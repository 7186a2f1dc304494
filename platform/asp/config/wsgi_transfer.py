"""WSGI application of the *transfer* process: uploads, and the content origin."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "asp.config.settings_transfer"

application = get_wsgi_application()

from tenants.observe import alive  # noqa: E402 - settings first

alive.start()
