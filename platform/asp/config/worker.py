"""What the worker processes import: `dramatiq asp.config.worker --path . platform --queues default`.

The provisioning worker runs the same with `--queues provisioning` and the owner's login.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asp.config.settings")
django.setup()

from asp.jobs import registry  # noqa: E402
from asp.jobs.broker import get_broker  # noqa: E402
from asp.jobs.telling import Heartbeat  # noqa: E402

registry.load()
broker = get_broker()
broker.add_middleware(Heartbeat())
