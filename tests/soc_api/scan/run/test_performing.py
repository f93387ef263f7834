"""A scan from the claim to its end: what is read, what is not, what is found and closed."""

import datetime as dt
import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from situation.clock import CITY_ZONE
from situation.faults import Conflict
from situation.state.tables import Alert, ScanRun
from soc_api.scan.run.claiming import LEASE, claim_run
from soc_api.scan.run.performing import Performance, nobody
from soc_api.scan.run.ruleset import fingerprint_of
from soc_api.scan.tools import open_tools
from tests import postgresql
from tests.soc_api.scan.conftest import MARKED, NOW, PEOPLE, PLAIN, Desk, make_desk


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Desk]:
    """A desk on SQLite and on a real PostgreSQL."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    yield from make_desk(tmp_path, url)
    if url:
        engine = sa.create_engine(url)
        postgresql.empty(engine)
        engine.dispose()


def test_a_first_scan_reads_everything_and_the_next_nothing(either: Desk) -> None:
    for number in range(30):
        either.write(f"papers/{number}.txt", PLAIN)
    either.write("public/list.txt", PEOPLE * 40)
    first = either.scan()
    assert (first.state, first.seen, first.untouched, first.total) == ("done", 31, 0, 31)
    second = either.scan()
    assert (second.seen, second.untouched, either.read()) == (31, 31, [])


def test_what_changed_is_read_and_what_moved_is_known_again(either: Desk) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        either.write(name, f"{name} {PEOPLE}")
    either.scan()
    either.write("b.txt", PLAIN)
    (either.share / "moved").mkdir()
    (either.share / "c.txt").rename(either.share / "moved" / "c.txt")
    run = either.scan()
    assert either.read() == ["b.txt", "moved/c.txt"]
    assert {key: run.counts[key] for key in ("read", "reused", "gone")} == {
        "read": 1,
        "reused": 1,
        "gone": 1,
    }
    kept = either.resources()
    assert kept["c.txt"].gone_at is not None
    assert kept["moved/c.txt"].verdict["hits"] == kept["a.txt"].verdict["hits"]
    assert kept["b.txt"].kinds == []


def test_what_was_put_right_or_removed_closes_its_findings(either: Desk) -> None:
    either.write("one.txt", PEOPLE)
    either.write("two.txt", PEOPLE)
    either.scan()
    before = either.findings()
    assert {row.state for row in before} == {"open"}
    either.write("one.txt", PLAIN)
    (either.share / "two.txt").unlink()
    either.scan()
    after = either.findings()
    assert [row.id for row in after] == [row.id for row in before]
    assert {row.state for row in after} == {"closed"}


def test_a_mark_of_secrecy_ends_the_reading_and_is_told_to_nobody_else(either: Desk) -> None:
    path = either.write("papers/plan.txt", MARKED + PEOPLE)
    either.scan()
    kept = either.resources()["papers/plan.txt"]
    assert (kept.marks, kept.kinds, kept.sketch, kept.persons) == (1, [], b"", 0)
    assert len(str(kept.verdict["digest_sm3"])) == 64
    (finding,) = (row for row in either.findings() if row.rule == "V01")
    assert (finding.restricted, finding.severity) == (True, 0)
    with either.city.state.reading() as session:
        alerts = session.query(Alert).all()
    told = "".join(f"{alert.sentence_zh}{alert.sentence_en}{alert.subject}" for alert in alerts)
    assert alerts
    assert path.name not in told
    assert "机密" not in told


def test_a_file_that_cannot_be_read_is_a_finding(desk: Desk) -> None:
    desk.write("broken.docx", "PK\x03\x04 nothing of a document")
    desk.scan()
    (finding,) = desk.findings()
    assert finding.rule == "V11"


def test_outside_of_its_hours_it_rests_and_goes_on_where_it_was(tmp_path: pathlib.Path) -> None:
    for desk in make_desk(tmp_path, hours="22:00-06:00", resources_per_second=0):
        for number in range(5):
            desk.write(f"{number}.txt", PLAIN)
        desk.ask()
        assert desk.go_on() is None
        night = dt.datetime(2026, 11, 27, 23, 0, tzinfo=CITY_ZONE)
        desk.clock.advance(night - NOW)
        assert desk.go_on() == "done"
        assert desk.read() == [f"{number}.txt" for number in range(5)]


def test_when_it_was_told_to_stop_it_goes_on_behind_what_was_recorded(desk: Desk) -> None:
    for number in range(6):
        desk.write(f"{number}.txt", PLAIN)
    run_id = desk.ask()
    desk.stop.set()
    assert desk.go_on() == "resting"
    assert desk.run(run_id).seen == 0
    desk.stop.clear()
    assert desk.go_on() == "done"
    assert desk.run(run_id).seen == 6


def test_a_run_has_one_scanner_until_its_lease_is_over(desk: Desk) -> None:
    desk.write("a.txt", PLAIN)
    desk.ask()
    city = desk.city
    with city.state.transaction() as session:
        run = claim_run(session, city.settings, "one", NOW)
        assert run is not None
        run_id = run.id
    with city.state.transaction() as session:
        assert claim_run(session, city.settings, "two", NOW) is None
    with city.state.transaction() as session:
        later = NOW + LEASE + dt.timedelta(seconds=1)
        taken = claim_run(session, city.settings, "two", later)
        assert taken is not None
    lost = Performance(city, desk.tools, run_id, "one", desk.stop, nobody)
    with pytest.raises(Conflict, match="lease"):
        lost.perform()
    assert desk.resources() == {}


def test_a_folder_that_is_not_there_fails_with_the_reason(desk: Desk) -> None:
    desk.share.rmdir()
    run = desk.scan()
    assert run.state == "failed"
    assert "no such file or folder" in run.error


def test_links_are_passed_over_and_counted(desk: Desk) -> None:
    (desk.share / "link").symlink_to(desk.write("a.txt", PLAIN))
    run = desk.scan()
    assert (run.seen, run.counts["passed over: link"]) == (1, 1)


def test_a_share_that_vanishes_for_a_while_waits_and_is_tried_again(tmp_path: pathlib.Path) -> None:
    away = "postgresql://nobody@127.0.0.1:9/none"
    for desk in make_desk(tmp_path, url=away):
        run_id = desk.ask()
        assert desk.go_on() == "resting"
        assert "127.0.0.1:9" in desk.run(run_id).error
        assert desk.go_on() is None
        desk.clock.advance(dt.timedelta(minutes=2))
        assert desk.go_on() == "resting"
        assert desk.run(run_id).counts == {"source away": 2}


def test_what_was_away_is_forgotten_once_it_is_read(tmp_path: pathlib.Path) -> None:
    for desk in make_desk(tmp_path):
        desk.write("a.txt", PLAIN)
        run_id = desk.ask()
        with desk.city.state.transaction() as session:
            run = session.get_one(ScanRun, run_id)
            run.error, run.counts = "connection refused", {"source away": 3}
        assert desk.go_on() == "done"
        run = desk.run(run_id)
        assert (run.error, run.counts) == ("", {"read": 1})
        assert run.ruleset == fingerprint_of(desk.tools.ruleset)


def test_a_new_pattern_reads_again_what_it_may_touch(tmp_path: pathlib.Path) -> None:
    for desk in make_desk(tmp_path):
        desk.write("a.txt", "工号 GH-123456\n")
        desk.write("b.txt", PLAIN)
        desk.scan()
        own = tmp_path / "own.toml"
        own.write_text(
            '[patterns.staff]\nzh = "工号"\nen = "staff number"\n'
            'regex = "GH-[0-9]{6}"\nlabels = ["工号"]\ngrade = "general_2"\n',
            encoding="utf-8",
        )
        scan = desk.city.settings.scan.model_copy(update={"patterns": own})
        changed = desk.city.settings.model_copy(update={"scan": scan})
        object.__setattr__(desk.city, "settings", changed)
        desk.tools = open_tools(scan, desk.tools.key, desk.clock)
        desk.scan()
        assert "a.txt" in desk.read()


def test_the_same_times_on_another_content_are_seen_by_the_draw(tmp_path: pathlib.Path) -> None:
    for desk in make_desk(tmp_path):
        desk.write("a.txt", PLAIN)
        desk.scan()
        drawn = desk.city.settings.model_copy(
            update={"scan": desk.city.settings.scan.model_copy(update={"rehash_percent": 100.0})}
        )
        object.__setattr__(desk.city, "settings", drawn)
        run = desk.scan()
        assert (run.untouched, run.counts["reused"]) == (0, 1)
