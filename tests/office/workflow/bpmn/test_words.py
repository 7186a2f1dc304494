"""Every message of the library is translated; the names of the catalogue's places fit."""

from pathlib import Path

import office.workflow
from asp.ui.catalogues import LOCALES, AppCatalogues, check

FOLDER = Path(office.workflow.__file__).parent


def test_the_catalogue_is_complete() -> None:
    app = AppCatalogues("workflow", FOLDER)
    assert [str(each) for locale in LOCALES for each in check(app, FOLDER.parents[1], locale)] == []
