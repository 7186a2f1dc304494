"""A process that takes numbers until it is killed. Imports nothing before Django is there: another process begins here."""

import os
import sys
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def main(bureau_id: str, code_id: str) -> None:
    """Take one number after the other, and print each once it is committed."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asp.config.settings")
    import django

    django.setup()
    from asp.audit.actor import Actor
    from asp.ui.moments import today
    from office.documents import services
    from office.documents.models import AgencyCode
    from tenants.context import bureau_context, host_context
    from tenants.models import Bureau

    with host_context():
        bureau = Bureau.objects.get(pk=uuid.UUID(bureau_id)).ref
    with bureau_context(bureau):
        code = AgencyCode.objects.get(pk=uuid.UUID(code_id))
        entry = services.Entry(title="关于某事的通知", kind="notice", signed_on=today())
        while True:
            number = services.number_take(actor=Actor.system("tests"), account=None, code=code, entry=entry)
            print(number.number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
