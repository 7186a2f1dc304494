"""What the log holds of the office's own life."""

from collections.abc import Collection

from asp.audit.actor import Actor
from asp.audit.services import record


def upgraded(*, before: str, after: str, new_functions: Collection[str]) -> None:
    """The office's tables were brought to a new version, in the same transaction."""
    record(
        actor=Actor.system("upgrade"),
        action="audit.office_upgraded",
        params={"before": before, "after": after, "functions": list(new_functions)},
    )
