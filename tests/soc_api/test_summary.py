"""The summary tells a person the weightiest first, and says what it leaves out."""

from soc_api.summary import SHOWN_ALERTS, because, lines

REASON: dict[str, object] = {
    "metric_en": "persons whose data leaked",
    "value": 1_200_000,
    "value_en": None,
    "level": 3,
    "instrument_en": "Grading Guide",
    "clause": "5",
    "verified": True,
}


def _found(alerts: int, incidents: int = 1, **counters: object) -> dict[str, object]:
    sentence = {"zh": "扫描", "en": "60 ports tried"}
    alert = {"severity": 2, "sentence": sentence, "reasons": [{"en": "distinct ports"}]}
    clock = {"id": "T-OTH-1", "addressee": "省级网信部门", "due": "2026-03-03T08:00:00+00:00"}
    incident = {
        "level": 3,
        "title": {"zh": "前置机", "en": "front-end"},
        "alert_count": alerts,
        "reasons": [REASON],
        "clocks": [clock],
    }
    notice = {
        "number": "001",
        "department": "数据局",
        "receipt_due": "2026-03-03T08:00:00+00:00",
        "feedback_due": "2026-03-04T08:00:00+00:00",
    }
    return {
        "capture": "a.pcap",
        "packets": 1234,
        "bytes": 5,
        "flows": 6,
        "alerts": [alert] * alerts,
        "incidents": [incident] * incidents,
        "notices": [notice] * incidents,
        "counters": counters,
    }


def test_figures_level_clock_and_deadlines_stand_in_the_city_s_own_time() -> None:
    shown = list(lines(_found(1)))
    assert shown == [
        "Capture   a.pcap: 1,234 packets, 5 octets, 6 flows",
        "Alerts    1",
        "          ▮▮   60 ports tried (distinct ports)",
        "Incident  Ⅲ 较大 (significant): front-end, from 1 alerts",
        "          because persons whose data leaked 1200000 (level 3 after Grading Guide 5)",
        "          clock T-OTH-1: 省级网信部门 by 2026-03-03 16:00",
        "Notice    001 to 数据局: sign by 2026-03-03 16:00, answer by 2026-03-04 16:00",
        "Dropped   nothing",
    ]


def test_many_alerts_are_cut_with_a_count() -> None:
    shown = list(lines(_found(SHOWN_ALERTS + 5)))
    assert "Alerts    15" in shown
    assert "          and 5 more, see the console or --json" in shown
    assert sum("60 ports" in line for line in shown) == SHOWN_ALERTS


def test_nothing_found_is_said() -> None:
    assert list(lines(_found(0, 0)))[1:] == ["Alerts    0", "Incident  none", "Dropped   nothing"]


def test_every_loss_is_told_by_its_reason() -> None:
    counters = {
        "refused": {"not_ip": 3},
        "dns_refused": {"too_short": 1},
        "judging_losses": {"failed_beacon": 2},
    }
    shown = list(lines(_found(0, 0, **counters)))
    assert shown[-1] == "Dropped   3 not_ip, 1 too_short, 2 failed_beacon"


def test_a_clause_that_nobody_verified_is_marked() -> None:
    assert because({**REASON, "verified": False}).endswith("Grading Guide 5, not verified)")


def test_words_of_a_scale_stand_for_its_steps() -> None:
    step = {**REASON, "value": "special x considerable", "value_en": "especially important"}
    assert "leaked especially important (level 3" in because(step)
