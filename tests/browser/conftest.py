import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.watched import Watched
from tests.soc_api import hashing
from tests.soc_api.web.server import Served
from tests.testdata import missing

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module", autouse=True)
def hashes() -> Iterator[None]:
    """Passwords are hashed quickly."""
    with hashing.quick():
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of the distribution, without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("Chromium is not installed (Debian package: chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def watched(chromium: Browser, console: Served) -> Iterator[Watched]:
    context = chromium.new_context(
        base_url=console.url, viewport={"width": 1366, "height": 768}, color_scheme="light"
    )
    context.set_default_timeout(20_000)
    yield Watched(context.new_page(), console.url)
    context.close()
