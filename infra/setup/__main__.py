"""``python3 -m infra.setup [--dev] [--frontend] [--browser]``, called by the Makefile."""

from __future__ import annotations

import argparse
import sys

from infra.setup.browser import browser
from infra.setup.dependencies import dependencies
from infra.setup.frontend import frontend
from infra.setup.steps import SetupFailed


def main() -> int:
    parser = argparse.ArgumentParser(prog="infra.setup")
    parser.add_argument("--dev", action="store_true", help="with the packages for tests and checks")
    parser.add_argument("--frontend", action="store_true", help="build the front end")
    parser.add_argument("--browser", action="store_true", help="see to a browser and Chinese fonts")
    options = parser.parse_args()
    try:
        dependencies(dev=options.dev)
        if options.frontend:
            frontend()
        if options.browser:
            browser()
    except SetupFailed as problem:
        print(f"[setup] {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
