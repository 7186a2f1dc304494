"""One running site and one Chromium for all browser tests.

Both live as long as this package's tests, not longer: while Playwright's loop runs in this thread, Django
would refuse the database to other tests of the same process. The browser tests ask no database.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from infra.setup.browser import browser_find
from tests.browser.window import FLAGS, World
from tests.support.databases import worker_number
from tests.support.stack import Site, await_ready, second_web, site_on, start

QUEUES = 32  # Valkey databases from here on are the browser tests'


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """The whole product behind one port, with the demonstration county and more in it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = Path(os.environ["DATA_DIR"]) / f"site-{worker}"
    settings = {"SMTP_URL": "", "CATCHER_URL": "", "COUNTY_NAME": "云溪县", "COUNTY_NAME_EN": "Yunxi County"}
    queue = QUEUES + worker_number(worker)
    (folder / "demo-accounts.json").unlink(missing_ok=True)
    with site_on(f"{worker}w", queue=queue, folder=folder, **settings) as running:
        furnishing = running.begin("shell", "-v", "0", "-c", "from tests.browser.furnish import main; main()")
        start(running)
        running.finish(furnishing)
        await_ready(running)
        yield running


@pytest.fixture(scope="package")
def world(site: Site) -> World:
    """Who can sign in, and what there is to see."""
    return World(site, **json.loads((site.data.path / "world.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="package")
def mailing_world(world: World) -> World:
    """The same as a second web process shows it that can send mail: what it wrote would never be fetched here."""
    return replace(world, site=second_web(world.site, SMTP_URL="smtp://127.0.0.1:9"))


@pytest.fixture(scope="package")
def browser(site: Site) -> Iterator[Browser]:
    """Chromium."""
    path = browser_find()
    assert path, "no Chromium: run `make test`, which installs one or says what is missing"
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()
