"""`python -m bench [AREA]`: run one area, or all. `make bench AREA=host` starts the servers around it."""

import os
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AREAS = ("host", "ground", "workflow", "documents")
# Parts of an area that can be run alone.
PARTS = ("workflow_engine", "workflow_insight", "workflow_steps", "workflow_todo")


def main(arguments: list[str]) -> int:
    """Run the named areas; 0 even when a target is missed: the table says so."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "asp.config.settings"
    os.environ["ASP_DB_LOGIN"] = "owner"
    wanted = [each for each in arguments if each] or list(AREAS)
    unknown = set(wanted) - {*AREAS, *PARTS}
    if unknown:
        print(f"no such area: {', '.join(sorted(unknown))}; there are: {', '.join(AREAS)}", file=sys.stderr)
        return 2
    import django

    django.setup()
    from bench.results import Results
    from tenants import fleet

    fleet.upgrade()

    for area in wanted:
        results = Results(area)
        import_module(f"bench.{area}").run(results)
        results.write(ROOT / ".data" / "bench.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
