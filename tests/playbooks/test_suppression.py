"""Suppressions: what one would have hidden, that it ends, and that what it hid comes back."""

import threading

from detect.desk import put_on_desk
from playbooks.suppression import WouldHide, would_hide
from situation.state.store import StateStore
from situation.state.tables import Alert, OutboxMessage, Suppression
from tests.playbooks.incident.case import actions, every, the
from tests.playbooks.intrusion import ASSETS, ATTACKER, FRONT_END, NOW, alert, put
from tests.playbooks.suppressing import DAY, SCANNER, begun, came, claim, ended, row


def test_where_it_ends_what_it_hid_is_open_again_once(either_state: StateStore) -> None:
    begun(either_state)
    hid, other = came(either_state, claim()), came(either_state, claim(detector="beacon"))
    told = len(every(either_state, OutboxMessage))
    assert ended(either_state) == 1
    assert ended(either_state, now=NOW + 2 * DAY) == 0
    after = the(either_state, Alert, hid.id)
    assert (after.status, after.suppression_id) == ("open", None)
    assert the(either_state, Alert, other.id).version == other.version
    assert [one.object_id for one in every(either_state, OutboxMessage)[told:]] == [hid.id]
    done = the(either_state, Suppression, "s1")
    assert (done.ended_at, done.ended_by) == (NOW + DAY, "system")
    assert actions(either_state).count("suppression.end") == 1
    assert actions(either_state).count("alert.surface") == 1
    assert came(either_state, claim(60), now=NOW + DAY).status == "open"


def test_what_another_one_hides_too_stays_hidden(either_state: StateStore) -> None:
    begun(either_state, row("s1"), row("s2", detector="", since=NOW + DAY / 2))
    hid = came(either_state, claim(), now=NOW + DAY)
    assert hid.suppression_id == "s1"
    assert ended(either_state, "s1") == 0
    after = the(either_state, Alert, hid.id)
    assert (after.status, after.suppression_id) == ("suppressed", "s2")
    assert ended(either_state, "s2") == 1


def test_what_a_person_closed_meanwhile_stays_closed(either_state: StateStore) -> None:
    begun(either_state)
    hid = came(either_state, claim())
    with either_state.transaction() as session:
        session.get_one(Alert, hid.id).status = "closed"
    assert ended(either_state) == 0
    assert the(either_state, Alert, hid.id).status == "closed"


def test_the_same_suppression_begins_once(either_state: StateStore) -> None:
    begun(either_state)
    begun(either_state, row(reason="再来一次", until=NOW + 60 * DAY))
    (only,) = every(either_state, Suppression)
    assert (only.reason, only.until) == ("已知的漏洞扫描器", NOW + 30 * DAY)
    assert actions(either_state).count("suppression.begin") == 1


def test_a_person_sees_what_it_would_have_hidden_in_thirty_days(either_state: StateStore) -> None:
    put(
        either_state,
        [
            alert("scan", 0),
            alert("scan", 1, severity=3),
            alert("beacon", 2, source_ip=FRONT_END),
            alert("scan", 3, host_ip="10.20.2.11", source_ip=ATTACKER),
            alert("scan", 4, created_at=NOW - 31 * DAY),
            alert("scan", 5, drill_id="drill-1"),
            alert("scan", 6, host_ip=SCANNER, source_ip=SCANNER, status="closed"),
        ],
    )

    def seen(detector: str, host: str, drill_id: str | None = None) -> WouldHide:
        with either_state.reading() as session:
            return would_hide(session, detector=detector, host=host, drill_id=drill_id, now=NOW)

    assert seen("scan", FRONT_END) == WouldHide(2, 5, 1, ("示例市数据局",))
    assert seen("", FRONT_END) == WouldHide(3, 5, 1, ("示例市数据局",))
    assert seen("scan", ATTACKER).alerts == 3
    assert seen("", SCANNER).departments == ("示例市交通局",)
    assert seen("scan", FRONT_END, "drill-1") == WouldHide(1, 1, 0, ("示例市数据局",))
    assert seen("", "192.0.2.200") == WouldHide(0, 5, 0, ())


def test_an_alert_is_not_lost_between_a_detector_and_the_end(either_state: StateStore) -> None:
    # Whichever of the two commits first, nothing may stay hidden by a suppression that ended.
    begun(either_state)
    begins = threading.Barrier(2)

    def detect() -> None:
        begins.wait()
        for minute in range(0, 400, 10):
            put_on_desk([claim(minute)], either_state, ASSETS, NOW + DAY, None)

    def end() -> None:
        begins.wait()
        ended(either_state)

    threads = [threading.Thread(target=one) for one in (detect, end)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(every(either_state, Alert)) == 40
    assert {one.status for one in every(either_state, Alert)} == {"open"}
