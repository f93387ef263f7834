import datetime as dt

import httpx
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from soc_api.scan.run.watch import ScanState
from soc_api.web.metric import ScanFigures
from tests.soc_api.web.city import add_incidents
from tests.soc_api.web.holding import hold, schedule, trouble
from tests.soc_api.web.server import Served


def _samples(served: Served) -> dict[tuple[str, str], float]:
    with httpx.Client(base_url=served.url) as client:
        text = client.get("/metrics").text
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.name.startswith(("citywatch_job", "citywatch_trouble"))
    }


def test_the_age_of_the_last_success_is_told_by_job(desk: Served) -> None:
    with desk.state.transaction() as session:
        schedule(session)
    found = _samples(desk)
    assert found["citywatch_job_success_age_seconds", "sweep"] == 2
    assert ("citywatch_job_success_age_seconds", "proof") not in found
    assert found["citywatch_job_stale", "feeds"] == 1
    assert found["citywatch_job_stale", "sweep"] == 0
    assert found["citywatch_job_paused", "report"] == 1


def test_what_is_broken_is_counted_by_kind(desk: Served) -> None:
    before = {kind: amount for (name, kind), amount in _samples(desk).items() if "trouble" in name}
    assert before == dict.fromkeys(("unsure", "undo", "point", "run", "scan", "job"), 0)
    with desk.state.transaction() as session:
        add_incidents(session)
        hold(session)
        trouble(session)
    found = _samples(desk)
    assert [found["citywatch_trouble", kind] for kind in before] == [1, 1, 1, 1, 0, 0]


def test_each_target_tells_how_old_its_last_whole_scan_is_and_what_is_wrong() -> None:
    now = dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)
    states = [
        ScanState(target="hr", age=dt.timedelta(hours=3), fault="", since=None, run_id="a"),
        ScanState(target="share", age=None, fault="away", since=now, run_id="b"),
    ]
    age, fault = ScanFigures(states).collect()
    assert [(one.labels["target"], one.value) for one in age.samples] == [("hr", 10_800)]
    wrong = [one.labels for one in fault.samples if one.value]
    assert wrong == [{"target": "share", "fault": "away"}]
