"""sinkhole_domain: a name and all below it, at the city's name servers."""

import datetime as dt
import pathlib

import pytest
from pydantic import ValidationError

from playbooks.action.containing.sinkhole_domain import SINKHOLE_DOMAIN, SinkholeParameters
from playbooks.machine import Refusal
from situation.settings import PointSettings
from situation.state.store import StateStore
from situation.state.tables import Alert
from tests.playbooks.intrusion import alert
from tests.playbooks.measure.site import HOUR, NOW, Site, scene

POINTS = {
    "border": PointSettings(type="file"),
    "resolver": PointSettings(type="rpz", never=("city.gov.cn",)),
}


@pytest.fixture
def site(either_state: StateStore, tmp_path: pathlib.Path) -> Site:
    return Site(either_state, tmp_path, POINTS)


def given(domain: str = "Bad.Example.org.") -> SinkholeParameters:
    return SinkholeParameters(domain=domain)


def near(minute: float, domain: str, asset: str) -> Alert:
    one = alert("dga", minute, indicators={"domain": domain})
    one.asset, one.last_seen = asset, NOW - dt.timedelta(days=1)
    return one


def test_the_approver_reads_exactly_what_would_be_done(site: Site) -> None:
    with site.state.transaction() as session:
        session.add_all(
            [
                near(0, "x.bad.example.org", "gjj-app-03"),
                near(1, "notbad.example.org", "other-app"),
            ]
        )
    with site.state.reading() as session:
        read = SINKHOLE_DOMAIN.intend(scene(session, site.points), given())
    assert read.command == "deny domain bad.example.org and below at resolver for 24 h"
    assert read.what.zh == "解析 bad.example.org 及其下级域名时回答不存在"
    assert "gjj-app-03" in read.touches.zh
    assert "other-app" not in read.touches.zh
    assert [(change.place, change.lines) for change in read.changes] == [
        ("resolver", ("+ bad.example.org CNAME .", "+ *.bad.example.org CNAME ."))
    ]


def test_names_lead_to_the_sinkhole_where_there_is_one(site: Site) -> None:
    site.points = {"resolver": PointSettings(type="rpz", sinkhole="192.0.2.66")}
    with site.state.reading() as session:
        read = SINKHOLE_DOMAIN.intend(scene(session, site.points), given())
    assert "192.0.2.66" in read.what.zh
    assert read.changes[0].lines[0] == "+ bad.example.org A 192.0.2.66"


def test_it_holds_and_is_taken_back(site: Site) -> None:
    assert SINKHOLE_DOMAIN.inside is not None
    assert SINKHOLE_DOMAIN.undo_inside is not None
    with site.state.transaction() as session:
        outcome = SINKHOLE_DOMAIN.inside(scene(session, site.points, key="a"), given())
    assert outcome.until == NOW + 24 * HOUR
    assert site.enforce().in_force == 1
    zone = site.folder / "blocklist" / "resolver.zone"
    assert b"*.bad.example.org CNAME .\n" in zone.read_bytes()
    assert (site.folder / "blocklist" / "border.txt").read_bytes() == b""
    with site.state.transaction() as session:
        SINKHOLE_DOMAIN.undo_inside(scene(session, site.points, key="u"), dict(outcome.undo))
    assert site.enforce().lifted == 1
    assert b"bad.example.org" not in zone.read_bytes()


@pytest.mark.parametrize("domain", ["gov.cn", "portal.city.gov.cn", "localhost"])
def test_what_is_never_blocked_is_refused(site: Site, domain: str) -> None:
    with site.state.reading() as session, pytest.raises(Refusal):
        SINKHOLE_DOMAIN.intend(scene(session, site.points), given(domain))


@pytest.mark.parametrize(
    "domain", ["", "a b.org", "bad.example.org\n$INCLUDE /etc/passwd", "x;y.z"]
)
def test_what_could_be_more_than_a_name_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError):
        given(domain)
