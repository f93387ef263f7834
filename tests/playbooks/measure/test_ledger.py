"""The ledger: wanting and lifting are rows, once each, audited."""

import pathlib

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.measure.ledger import in_force, listing, points_of
from situation.faults import Conflict, Malformed
from situation.settings import PointSettings
from situation.state.store import StateStore
from situation.state.tables import AuditLine
from tests.playbooks.measure.site import BAD, HOUR, NOW, OUTSIDER, Site

POINTS = {
    "border": PointSettings(type="file"),
    "core": PointSettings(type="file"),
    "resolver": PointSettings(type="rpz"),
}


@pytest.fixture
def site(either_state: StateStore, tmp_path: pathlib.Path) -> Site:
    return Site(either_state, tmp_path, POINTS)


def _audited(site: Site) -> list[tuple[str, str]]:
    with site.state.reading() as session:
        lines = session.scalars(sa.select(AuditLine).order_by(AuditLine.number))
        return [(line.action, line.actor) for line in lines]


def test_a_measure_waits_for_each_of_its_points(site: Site) -> None:
    site.want("a", points=("core", "border"))
    with site.state.reading() as session:
        rows = [(row.point, row.state) for row in points_of(session, "a")]
    assert rows == [("border", "wanted"), ("core", "wanted")]
    assert site.measure("a").state == "wanted"
    assert site.measure("a").until == NOW + 24 * HOUR
    assert _audited(site) == [("measure.want", "lin")]


def test_the_same_step_wants_it_once(site: Site) -> None:
    site.want("a")
    again = site.want("a", target="203.0.113.9/32")
    assert again.target == BAD
    assert _audited(site) == [("measure.want", "lin")]


def test_a_point_that_cannot_hold_it_is_refused(site: Site) -> None:
    with pytest.raises(Malformed, match="resolver"):
        site.want("a", points=("resolver",))
    with pytest.raises(Malformed, match="nowhere"):
        site.want("a", points=("nowhere",))
    with pytest.raises(Malformed, match="no point"):
        site.want("a", points=())


def test_one_of_a_drill_is_in_force_on_paper_and_lifted_on_paper(site: Site) -> None:
    drilled = site.want("a", drill_id="演练-1")
    assert (drilled.state, drilled.points) == ("in_force", [])
    site.enforce()
    assert (site.folder / "blocklist" / "border.txt").read_bytes() == b""
    assert site.lift("a").state == "lifted"
    with site.state.reading() as session:
        assert points_of(session, "a") == []
        assert in_force(session, "block_address", NOW) == []


def test_what_is_lifted_stays_lifted(site: Site) -> None:
    site.want("a")
    assert site.lift("a").state == "lifting"
    version = site.lift("a").version
    site.enforce()
    assert site.measure("a").state == "lifted"
    assert site.lift("a").version == site.measure("a").version
    assert version < site.measure("a").version
    assert [action for action, _ in _audited(site)] == [
        "measure.want",
        "measure.lift",
        "measure.lifted",
    ]


def test_a_department_lifts_nothing_and_what_is_not_there_cannot_be_lifted(site: Site) -> None:
    site.want("a")
    with pytest.raises(Refusal, match="city"):
        site.lift("a", by=OUTSIDER)
    with pytest.raises(Conflict, match="no such measure"):
        site.lift("b")


def test_in_force_are_real_ones_that_points_hold_and_whose_time_runs(site: Site) -> None:
    site.want("a")
    site.want("b", target="203.0.113.9/32", hours=1)
    with site.state.reading() as session:
        assert in_force(session, "block_address", NOW) == []
    site.enforce()
    with site.state.reading() as session:
        assert [row.id for row in in_force(session, "block_address", NOW)] == ["a", "b"]
        assert [row.id for row in in_force(session, "block_address", NOW + 2 * HOUR)] == ["a"]
        assert in_force(session, "sinkhole_domain", NOW) == []
        assert len(listing(session, states=("in_force",))) == 2
        assert listing(session, states=("lifted",)) == []
