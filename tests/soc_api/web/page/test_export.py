"""Firewalls poll their list: by the key of the point, whole or not at all, and it is remembered."""

import email.utils
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
import stix2

from situation.settings import PointSettings
from situation.state.tables import PointPoll
from soc_api.web.app import PAGES
from soc_api.web.page import export
from tests.playbooks.measure.site import Site
from tests.soc_api.web.city import NOW, open_stores
from tests.soc_api.web.server import Served, serving

KEY = "synthetic-key-of-the-border"
HEADERS = {"Authorization": f"Bearer {KEY}"}


@dataclass(frozen=True)
class Border:
    """A console that serves lists, and what is blocked there."""

    served: Served
    site: Site

    def poll(self, name: str = "border", **more: object) -> httpx.Response:
        """Ask as a firewall does."""
        headers = {**HEADERS, **{key.replace("_", "-"): str(value) for key, value in more.items()}}
        return httpx.get(f"{self.served.url}/export/{name}", headers=headers, timeout=30)


@pytest.fixture
def border(tmp_path: pathlib.Path) -> Iterator[Border]:
    (tmp_path / "key").write_text(f"{KEY}\n")
    key = tmp_path / "key"
    points = {
        "border": PointSettings(type="http", key_file=key),
        "exchange": PointSettings(type="http", format="stix", key_file=key),
        "keyless": PointSettings(type="http"),
        "lost": PointSettings(type="http", key_file=tmp_path / "nothing"),
        "file": PointSettings(type="file", key_file=key),
    }
    state, events = open_stores(tmp_path)
    with serving(state, events) as served:
        console = served.app.state.console
        served.app.state.console = replace(console, house=replace(console.house, points=points))
        if export not in PAGES:
            served.app.include_router(export.router)
        yield Border(served, Site(state, tmp_path, points, served.clock))
    events.close()
    state.close()


def test_a_firewall_gets_the_list_and_the_same_one_when_a_block_has_gone(border: Border) -> None:
    empty = border.poll()
    assert (empty.status_code, empty.content) == (200, b"")
    border.site.want("a")
    blocked = border.poll()
    assert blocked.content == b"198.51.100.23\n"
    assert blocked.headers["content-type"] == "text/plain; charset=utf-8"
    border.site.lift("a")
    again = border.poll()
    assert again.content == empty.content
    assert again.headers["etag"] == empty.headers["etag"] != blocked.headers["etag"]


def test_who_has_it_already_is_told_so(border: Border) -> None:
    border.site.want("a")
    first = border.poll()
    second = border.poll(If_None_Match=first.headers["etag"])
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["etag"] == first.headers["etag"]
    at = email.utils.parsedate_to_datetime(first.headers["last-modified"])
    assert at == NOW.replace(microsecond=0)
    assert "content-encoding" not in border.poll(Accept_Encoding="gzip").headers
    border.site.lift("a")
    assert border.poll(If_None_Match=first.headers["etag"]).status_code == 200


def test_indicators_are_served_as_stix(border: Border) -> None:
    border.site.want("a", points=("exchange",))
    answer = border.poll("exchange")
    assert answer.headers["content-type"] == "application/stix+json;version=2.1"
    assert len(stix2.parse(answer.text, allow_custom=False).objects) == 2


@pytest.mark.parametrize(
    ("name", "authorization"),
    [
        ("border", ""),
        ("border", "Bearer"),
        ("border", "Bearer wrong"),
        ("border", f"Basic {KEY}"),
        ("border", KEY),
        ("nowhere", f"Bearer {KEY}"),
        ("file", f"Bearer {KEY}"),
        ("keyless", "Bearer x"),
        ("keyless", f"Bearer {KEY}"),
        ("lost", "Bearer x"),
    ],
)
def test_without_its_key_no_list_is_there(border: Border, name: str, authorization: str) -> None:
    answer = border.poll(name, Authorization=authorization)
    assert answer.status_code == 404
    with border.site.state.reading() as session:
        assert session.get(PointPoll, name) is None


def test_a_key_in_the_address_is_refused_even_beside_the_right_one(border: Border) -> None:
    answer = httpx.get(f"{border.served.url}/export/border?key={KEY}", headers=HEADERS, timeout=30)
    assert answer.status_code == 404


def test_a_block_is_in_force_once_a_firewall_has_fetched_it(border: Border) -> None:
    border.site.want("a")
    assert "no firewall has fetched" in border.site.enforce().away["border"]
    assert border.site.measure("a").state == "wanted"
    border.poll()
    assert border.site.enforce().in_force == 1
    border.site.lift("a")
    assert border.site.enforce().lifted == 0
    border.poll()
    assert border.site.enforce().lifted == 1
    with border.site.state.reading() as session:
        poll = session.get_one(PointPoll, "border")
    assert (poll.address, poll.polled_at) == ("127.0.0.1", NOW)
