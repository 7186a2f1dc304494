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
def added(folder: Path, label: str, bodies: Mapping[str, str]) -> Iterator[None]:
    """Let app `label` have the migrations `bodies` (name -> class body) after its own, one after the other."""
    package = write(folder, label, bodies)
    sys.path.insert(0, str(folder))
    try:
        with override_settings(MIGRATION_MODULES={label: package}):
            version.code_version.cache_clear()
            yield
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[name]
        version.code_version.cache_clear()


def write(folder: Path, label: str, bodies: Mapping[str, str]) -> str:
    """Write the package of migrations into `folder` and return its name."""
    own = importlib.import_module(f"{apps.get_app_config(label).name}.migrations")
    package = f"more_migrations_of_{label}"
    home = folder / package
    home.mkdir(parents=True, exist_ok=True)
    (home / "__init__.py").touch()
    names = sorted(path.stem for path in Path(str(own.__file__)).parent.glob("0*.py"))
    for name in names:
        text = f'from importlib import import_module\n\nMigration = import_module("{own.__name__}.{name}").Migration\n'
        (home / f"{name}.py").write_text(text)
    for name, body in bodies.items():
        head = HEAD.format(dependencies=[(label, names[-1])])
        (home / f"{name}.py").write_text(head + "\n" + _indented(body))
        names.append(name)
    importlib.invalidate_caches()
    return package


def _indented(body: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in dedent(body).strip().splitlines())
