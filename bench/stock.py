"""`python -m bench.stock SCHEMA …`: the seconds that `migrate_schemas` takes for each, one line a schema."""

import contextlib
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(schemas: list[str]) -> None:
    """Run the command once for each schema, in one process, as its standard executor does for all."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    import django

    django.setup()
    from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand as Command

    with Path(os.devnull).open("w") as nowhere:
        for schema in schemas:
            started = time.perf_counter()
            with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
                Command(stdout=nowhere, stderr=nowhere).run_from_argv(
                    ["manage.py", "migrate_schemas", "--tenant", "--schema", schema]
                )
            print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
