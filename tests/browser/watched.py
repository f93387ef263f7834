"""A page of the browser whose console is watched, and the way in."""

from playwright.sync_api import Page, expect

from tests.soc_api.web.server import NAME, PASSWORD


class Watched:
    """A page whose console messages, errors and foreign requests are kept."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", lambda message: self._keep(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self._ask(request.url, url))

    def _keep(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.faults.append(text)

    def _ask(self, asked: str, url: str) -> None:
        if not asked.startswith(url):
            self.faults.append(f"request to {asked}")


def log_in(page: Page) -> None:
    """Log in as the lead, from the front page to the overview."""
    page.goto("/")
    page.get_by_label("账号").fill(NAME)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/")
    expect(page.get_by_role("heading", name="总览")).to_be_visible()
