"""Catalogues of translations with Babel alone: a bare machine has no gettext tools.

Each app has `locale/zh_Hans/LC_MESSAGES/django.po`. The msgids are English, so English needs no catalogue.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

LOCALES = ("zh_Hans",)
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LEFT_OUT = {"frontend", "static", "migrations", "locale", "node_modules", "__pycache__"}
HEADER = """\
# Translations of {app}; written by `manage.py catalogues update`.
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
PLACES = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|\{(\w+)(?:[!:][^{}]*)?\}")

Key = tuple[str, str]


@dataclass(frozen=True)
class AppCatalogues:
    """One of our apps and where its catalogues lie."""

    label: str
    path: Path

    def po(self, locale: str) -> Path:
        """The catalogue that people write."""
        return self.path / "locale" / locale / "LC_MESSAGES" / "django.po"

    def mo(self, locale: str) -> Path:
        """The one that Django reads; generated."""
        return self.po(locale).with_suffix(".mo")


@dataclass(frozen=True)
class Fault:
    """Something wrong in a catalogue, in words."""

    app: str
    what: str
    msgid: str = ""

    def __str__(self) -> str:
        return f"{self.app}: {self.what}" + (f": {self.msgid!r}" if self.msgid else "")


def own_apps(label: str | None = None) -> list[AppCatalogues]:
    """Our installed apps, those inside the checkout; or the one called `label`.

    Raises LookupError if there is no such app.
    """
    root = Path(settings.BASE_DIR).resolve()
    found = []
    for config in apps.get_app_configs():
        path = Path(config.path).resolve()
        inside = path.is_relative_to(root) and "site-packages" not in path.parts
        if inside and label in (None, config.label, config.name):
            found.append(AppCatalogues(config.label, path))
    if label is not None and not found:
        raise LookupError(f"There is no app {label!r} of ours")
    return found


# ----- extracting


def _sources(path: Path) -> Iterator[Path]:
    for folder, inside, names in os.walk(path):
        # An app within an app has a catalogue of its own.
        inside[:] = sorted(
            name for name in inside if name not in LEFT_OUT and not (Path(folder) / name / "apps.py").exists()
        )
        for name in sorted(names):
            if name.endswith((".py", ".html", ".txt")):
                yield Path(folder) / name


def template_as_python(text: str, origin: str) -> bytes:
    """A Django template as a list of gettext calls that Babel's Python extractor reads.

    Django's `templatize` blanks everything else out but keeps the indentation, which Python's tokenizer
    would refuse.
    """
    lines = templatize(text, origin=origin).splitlines()
    return "\n".join(line.lstrip() for line in lines).encode()


def _calls(path: Path, origin: str) -> Iterable[Any]:
    """The translating calls of one file as (line, function, arguments, comments)."""
    if path.suffix == ".py":
        source = path.read_bytes()
    elif "templates" in path.parts:
        source = template_as_python(path.read_text(encoding="utf-8"), origin)
    else:
        return []
    comments = ["Translators:"]
    return extract_python(BytesIO(source), dict.fromkeys(KEYWORDS), comments, {"encoding": "utf-8"})


def extract(app: AppCatalogues, root: Path) -> Catalog:
    """Everything that `app` translates, in the order of its files."""
    catalogue = Catalog(charset="utf-8")
    for path in _sources(app.path):
        origin = path.relative_to(root).as_posix()
        for line, function, arguments, comments in _calls(path, origin):
            found = _message(function, arguments)
            if found is not None:
                context, msgid = found
                catalogue.add(msgid, None, [(origin, line)], auto_comments=comments, context=context or None)
    return catalogue


def _message(function: str, arguments: Any) -> tuple[str, str | tuple[str, str]] | None:
    """Context and msgid of one call; None for calls whose text is not written in the source."""
    given = list(arguments) if isinstance(arguments, tuple) else [arguments]
    spec = KEYWORDS[function] or (1,)
    context = ""
    texts: list[str] = []
    for place in spec:
        index = place[0] if isinstance(place, tuple) else place
        text = given[index - 1] if len(given) >= index else None
        if not isinstance(text, str) or not text:
            return None
        if isinstance(place, tuple):
            context = text
        else:
            texts.append(text)
    return (context, (texts[0], texts[1])) if len(texts) == 2 else (context, texts[0])


# ----- reading and writing


def key_of(message: Message) -> Key:
    """What makes two messages the same: context and (first) msgid."""
    first = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
    return (message.context or "", first)


def messages_of(catalogue: Catalog) -> dict[Key, Message]:
    """The messages without the header."""
    return {key_of(message): message for message in catalogue if message.id}


def load(path: Path, locale: str) -> Catalog:
    """A catalogue from its file; an empty one if there is no file. Raises PoFileError if it is broken."""
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=locale, charset="utf-8", abort_invalid=True)


def save(catalogue: Catalog, app: AppCatalogues, locale: str) -> None:
    """Write the catalogue with a header that does not change from day to day."""
    body = BytesIO()
    write_po(body, catalogue, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    path = app.po(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = HEADER.format(app=app.label, locale=locale).encode()
    path.write_bytes(header + body.getvalue().lstrip(b"\n"))


def update(app: AppCatalogues, root: Path, locale: str) -> tuple[int, int]:
    """Bring the catalogue to the state of the source. Returns how many were added and how many removed.

    Nothing is guessed: a changed msgid comes back empty, so that no old translation stays by likeness.
    """
    old = messages_of(load(app.po(locale), locale))
    wanted = messages_of(extract(app, root))
    fresh = Catalog(locale=locale, charset="utf-8")
    for key, message in wanted.items():
        before = old.get(key)
        plural = isinstance(message.id, (list, tuple))
        string: Any = before.string if before and bool(before.pluralizable) == plural else ""
        if plural and not isinstance(string, tuple):
            string = (string or "",)
        fresh.add(
            message.id,
            string,
            message.locations,
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before else (),
            flags=(before.flags & {"fuzzy"}) if before else (),
            context=message.context,
        )
    if wanted or old:
        save(fresh, app, locale)
    return len(wanted.keys() - old.keys()), len(old.keys() - wanted.keys())


# ----- checking


def places(text: str) -> set[str]:
    """The names of the places that are filled in: %(name)s and {name}."""
    return {first or second for first, second in PLACES.findall(text.replace("%%", "").replace("{{", ""))}


def check(app: AppCatalogues, root: Path, locale: str) -> list[Fault]:
    """Everything that is missing, fuzzy, left over or does not fit."""
    wanted = messages_of(extract(app, root))
    path = app.po(locale)
    if not path.exists():
        return [Fault(app.label, f"no catalogue for {locale}, {len(wanted)} texts")] if wanted else []
    try:
        have = messages_of(load(path, locale))
    except (PoFileError, ValueError) as error:
        return [Fault(app.label, f"{path.name} cannot be read ({error})")]
    faults = [Fault(app.label, "missing", key[1]) for key in wanted if key not in have]
    for key, message in have.items():
        if key not in wanted:
            faults.append(Fault(app.label, "in the catalogue, but nowhere in the source", key[1]))
        elif message.fuzzy:
            faults.append(Fault(app.label, "fuzzy", key[1]))
        else:
            faults += _faults_of(app.label, wanted[key], message)
    return faults


def _strings(message: Message) -> list[str]:
    """The translation, one text or one for each plural form."""
    given = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return [each or "" for each in given]


def _faults_of(label: str, source: Message, message: Message) -> list[Fault]:
    first, *more = source.id if isinstance(source.id, (list, tuple)) else (source.id,)
    if bool(more) != bool(message.pluralizable):
        return [Fault(label, "plural in one place, not in the other", first)]
    strings = _strings(message)
    if not strings or not all(strings):
        return [Fault(label, "not translated", first)]
    faults = []
    # The plural form is the one that names the number; a language with one form follows it.
    needed = places(more[0] if more else first)
    for string in strings:
        if places(string) != needed:
            told = ", ".join(sorted(needed)) or "none"
            faults.append(Fault(label, f"the places differ (wanted: {told})", first))
        if first.endswith("\n") != string.endswith("\n"):
            faults.append(Fault(label, "one ends with a line break, the other not", first))
    return faults


def ambiguities(found: Iterable[AppCatalogues], locale: str) -> list[Fault]:
    """Texts that two apps translate differently: Django would show one of them in both. Use pgettext."""
    meanings: dict[Key, tuple[str, str]] = {}
    faults = []
    for app in found:
        for key, message in messages_of(load(app.po(locale), locale)).items():
            string = "|".join(_strings(message))
            owner, other = meanings.setdefault(key, (app.label, string))
            if string and other and string != other:
                faults.append(Fault(app.label, f"{string!r} here, {other!r} in {owner}", key[1]))
    return faults


# ----- compiling


def compile_catalogue(app: AppCatalogues, locale: str) -> bool:
    """Write the .mo if the .po is newer. Returns whether it was written."""
    po, mo = app.po(locale), app.mo(locale)
    if not po.exists():
        return False
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        return False
    catalogue = load(po, locale)
    # Several processes may start at once: each writes a file of its own and puts it in place in one step.
    with tempfile.NamedTemporaryFile(dir=mo.parent, suffix=".tmp", delete=False) as target:
        write_mo(target, catalogue)
    os.chmod(target.name, 0o644)
    os.replace(target.name, mo)
    return True
