"""More migrations for one app than the code has, for tests of upgrades."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

from django.apps import apps
from django.test import override_settings

from tenants import version

HEAD = """
import tenants.keys
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = {dependencies!r}
"""


@contextmanager
def added(
    folder: Path, label: str, bodies: Mapping[str, str], *, squashed: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Let app `label` have the migrations `bodies` (name -> class body) after its own, one after the other.

    Those of `squashed` follow the app's own as well: they stand for some of the others.
    """
    package = write(folder, label, bodies)
    for name, body in (squashed or {}).items():
        _put(folder / package / f"{name}.py", [(label, _own(label)[-1])], body)
    sys.path.insert(0, str(folder))
    try:
        with override_settings(MIGRATION_MODULES={label: package}):
            version.forget()
            yield
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[name]
        version.forget()


def write(folder: Path, label: str, bodies: Mapping[str, str]) -> str:
    """Write the package of migrations into `folder` and return its name."""
    own = f"{apps.get_app_config(label).name}.migrations"
    package = f"more_migrations_of_{label}"
    home = folder / package
    home.mkdir(parents=True, exist_ok=True)
    (home / "__init__.py").touch()
    names = _own(label)
    for name in names:
        text = f'from importlib import import_module\n\nMigration = import_module("{own}.{name}").Migration\n'
        (home / f"{name}.py").write_text(text)
    for name, body in bodies.items():
        _put(home / f"{name}.py", [(label, names[-1])], body)
        names.append(name)
    importlib.invalidate_caches()
    return package


def _own(label: str) -> list[str]:
    """The names of the app's own migrations, in their order."""
    package = importlib.import_module(f"{apps.get_app_config(label).name}.migrations")
    return sorted(path.stem for path in Path(str(package.__file__)).parent.glob("0*.py"))


def _put(path: Path, dependencies: list[tuple[str, str]], body: str) -> None:
    path.write_text(HEAD.format(dependencies=dependencies) + "\n" + _indented(body))


def _indented(body: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in dedent(body).strip().splitlines())
