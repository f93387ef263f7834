"""block_address: what the approver reads, what it does, how it goes away without trace."""

import datetime as dt
import pathlib
import socket

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from playbooks.action.action import Effect, Outcome
from playbooks.action.catalogue import ACTIONS
from playbooks.action.containing.block_address import BLOCK_ADDRESS, BlockParameters
from playbooks.action.intent import Intent
from playbooks.machine import Refusal
from situation.faults import Malformed
from situation.settings import PointSettings
from situation.state.store import StateStore
from situation.state.tables import Alert, AuditLine, Measure
from tests.playbooks.intrusion import alert
from tests.playbooks.measure.site import HOUR, NOW, Site, scene

POINTS = {
    "border": PointSettings(type="file"),
    "core": PointSettings(type="nftables", socket=pathlib.Path("/run/nobody.sock")),
    "resolver": PointSettings(type="rpz"),
}


@pytest.fixture
def site(either_state: StateStore, tmp_path: pathlib.Path) -> Site:
    return Site(either_state, tmp_path, POINTS)


def given(**more: object) -> BlockParameters:
    return BlockParameters.model_validate({"address": "198.51.100.23", **more})


def intent(site: Site, drill_id: str | None = None, **more: object) -> Intent:
    with site.state.reading() as session:
        seen = scene(session, site.points, drill_id=drill_id, now=site.clock.now())
        return BLOCK_ADDRESS.intend(seen, given(**more))


def act(site: Site, key: str = "a", drill_id: str | None = None, **more: object) -> Outcome:
    assert BLOCK_ADDRESS.inside is not None
    with site.state.transaction() as session:
        seen = scene(session, site.points, key=key, drill_id=drill_id, now=site.clock.now())
        return BLOCK_ADDRESS.inside(seen, given(**more))


def undo(site: Site, outcome: Outcome) -> Outcome:
    assert BLOCK_ADDRESS.undo_inside is not None
    with site.state.transaction() as session:
        seen = scene(session, site.points, key="undo", now=site.clock.now())
        return BLOCK_ADDRESS.undo_inside(seen, dict(outcome.undo))


def near(minute: float, asset: str = "gjj-app-03", **more: object) -> Alert:
    """Return an alert of the week that names the address, by default with the front end."""
    fields = {"destination_ip": "198.51.100.23", "last_seen": NOW - dt.timedelta(days=1)}
    one = alert("beacon", minute, **{**fields, **more})
    one.asset = asset
    return one


def test_it_stands_in_the_catalogue_as_containing_with_an_inverse() -> None:
    assert ACTIONS["block_address"] is BLOCK_ADDRESS
    assert BLOCK_ADDRESS.effect is Effect.CONTAIN


def test_the_approver_reads_exactly_what_would_be_done(site: Site) -> None:
    with site.state.transaction() as session:
        session.add_all(
            [
                near(0),
                near(1),
                near(2, asset="old-app", last_seen=NOW - dt.timedelta(days=8)),
                near(3, asset="drill-app", drill_id="演练-1"),
                near(5, asset="told-app", last_seen=NOW - dt.timedelta(days=200), updated_at=NOW),
                near(4, asset="other-app", destination_ip="198.51.100.24", source_ip="10.1.1.1"),
            ]
        )
    read = intent(site)
    assert read.command == "deny ip 198.51.100.23/32 both at border,core for 24 h"
    assert read.what.zh == "两个方向都丢弃与 198.51.100.23 的通信"
    assert "24 小时" in read.how_long.zh
    assert "3 月 19 日 02:30 自动解除" in read.how_long.zh
    assert "gjj-app-03" in read.touches.zh
    assert "told-app" in read.touches.zh
    assert "alerts alone" in read.touches.en
    assert not {"old-app", "drill-app", "other-app"} & set(read.touches.en.replace(",", "").split())
    assert "删除同一条目" in read.undo.zh
    changes = {change.place: change.lines for change in read.changes}
    assert changes["border"] == ("+ 198.51.100.23",)
    assert "+ elements = { 198.51.100.23/32 }" in changes["core"]
    assert "+ ip saddr @blocked4 drop" in changes["core"]


def test_what_is_blocked_already_changes_no_line_and_is_said(site: Site) -> None:
    act(site, points=("border",))
    read = intent(site, points=("border",))
    assert [change.lines for change in read.changes] == [()]
    assert "1 other" in read.undo.en


def test_reading_it_writes_nothing_and_opens_no_socket(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.state.reading() as session:
        seen = scene(session, site.points)
        session.execute(sa.text("SELECT 1"))

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("a socket was opened")

        monkeypatch.setattr(socket, "socket", refuse)
        BLOCK_ADDRESS.intend(seen, given())
        assert not session.new
        assert not session.dirty
    assert not (site.folder / "blocklist").exists()


def test_it_is_in_force_when_its_points_hold_it_and_gone_without_trace(site: Site) -> None:
    site.points = {"border": POINTS["border"]}
    site.enforce()
    before = (site.folder / "blocklist" / "border.txt").read_bytes()
    outcome = act(site, hours=2, reason="撞库")
    assert outcome.awaits == ("measure", "a")
    assert outcome.until == NOW + 2 * HOUR
    assert outcome.outputs == {"measure": "a", "until": (NOW + 2 * HOUR).isoformat()}
    assert set(outcome.outputs) == set(BLOCK_ADDRESS.outputs)
    assert site.enforce().in_force == 1
    assert site.measure("a").reason == "撞库"
    undone = undo(site, outcome)
    assert undone.awaits == ("measure", "a")
    assert site.enforce().lifted == 1
    assert (site.folder / "blocklist" / "border.txt").read_bytes() == before
    with site.state.reading() as session:
        said = session.scalars(sa.select(AuditLine.action).order_by(AuditLine.number)).all()
    assert said == ["measure.want", "measure.in_force", "measure.lift", "measure.lifted"]


def test_in_a_drill_nothing_is_held_anywhere(site: Site) -> None:
    outcome = act(site, drill_id="演练-1")
    assert site.measure("a").state == "in_force"
    site.points = {"border": POINTS["border"]}
    site.enforce()
    assert (site.folder / "blocklist" / "border.txt").read_bytes() == b""
    undo(site, outcome)
    assert site.measure("a").state == "lifted"


@pytest.mark.parametrize("address", ["10.20.10.7", "127.0.0.1", "0.0.0.0/0", "192.168.3.4"])
def test_what_is_never_blocked_is_refused_before_and_at_the_act(site: Site, address: str) -> None:
    with pytest.raises(Refusal) as before:
        intent(site, address=address)
    with pytest.raises(Refusal):
        act(site, address=address)
    assert before.value.code == "never_blocked"
    with site.state.reading() as session:
        assert session.scalars(sa.select(Measure)).all() == []


def test_a_private_address_is_blocked_where_it_is_meant(site: Site) -> None:
    assert intent(site, address="192.168.3.4", private=True).command.startswith("deny ip 192.168")


def test_a_point_that_cannot_hold_it_is_refused(site: Site) -> None:
    with pytest.raises(Malformed, match="resolver"):
        intent(site, points=("resolver",))
    site.points = {"resolver": POINTS["resolver"]}
    with pytest.raises(Malformed, match="no point"):
        act(site)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "bad"},
        {"address": "198.51.100.23/24"},
        {"hours": 0},
        {"hours": 721},
        {"hours": "24"},
        {"private": "yes"},
        {"also": 1},
    ],
)
def test_parameters_that_do_not_fit_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        given(**wrong)


def test_parameters_have_one_form() -> None:
    assert given(address=" 198.51.100.23/32 ") == given()
    assert BlockParameters.model_validate(given().model_dump(mode="json")) == given()
