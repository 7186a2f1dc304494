"""The fleet (机群): bringing every office to the code's version.

Django's migrations run once, on a scratch schema of the former version, and what they execute is written
down (`recording`); the text is replayed in each bureau in one transaction (`replay`), a canary first
(`rollout`). Migrations that cannot be written down take Django's own path in each bureau. See ADR 0016.
"""

from tenants.fleet.rollout import bureaus_upgrade, upgrade
from tenants.fleet.status import status

__all__ = ["bureaus_upgrade", "status", "upgrade"]
