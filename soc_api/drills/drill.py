"""A drill: a scenario replayed under its own id, and what of it was found, missed or late."""

import datetime as dt
import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from situation.events.dataset import DRILL_PREFIX
from situation.state.store import audit
from situation.state.tables import Alert, Drill, Incident, Notice
from soc_api.drills.scenario import Expectation, ExpectedAlert, Scenario
from soc_api.replay import replay
from soc_api.sensing.packets import Progress
from soc_api.summary import Document, summary
from soc_api.wiring import City

ACTOR = "drill"


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation and how it went: found, missed, late, or unexpected."""

    what: str
    expected: str
    seen: str
    verdict: str


def drill_id(scenario: Scenario, at: dt.datetime) -> str:
    """Return the id of a drill that starts now; its datasets begin with it."""
    stamp = f"{at:%Y%m%d-%H%M%S}"
    salt = hashlib.blake2b(f"{scenario.id}{at.isoformat()}".encode(), digest_size=2).hexdigest()
    return f"{DRILL_PREFIX}{stamp}-{salt}"


def run_drill(city: City, scenario: Scenario, progress: Progress) -> Document:
    """Replay a scenario as a drill and compare what stands on the desk with what should.

    Every record carries the drill's id, telemetry lies in datasets of the drill, and nothing
    leaves for a real recipient.
    """
    began, started = time.perf_counter(), city.clock.now()
    drill = drill_id(scenario, started)
    with city.state.transaction() as session:
        row = Drill(id=drill, scenario=scenario.id, started_at=started, result={})
        session.add(row)
        audit(session, started, ACTOR, "drill.start", kind="drill", object_id=drill)
    replayed = replay(
        city, [scenario.capture], logs=scenario.logs, drill_id=drill, progress=progress
    )
    findings = [asdict(finding) for finding in _findings(city, drill, scenario.expectation)]
    found = summary(city.state, replayed.capture, time.perf_counter() - began)
    result: Document = {"scenario": scenario.id, "findings": findings, **found}
    with city.state.transaction() as session:
        row = session.get_one(Drill, drill)
        row.finished_at, row.result = city.clock.now(), {"findings": findings}
        audit(session, city.clock.now(), ACTOR, "drill.finish", kind="drill", object_id=drill)
    return result


def _findings(city: City, drill: str, expectation: Expectation) -> list[Finding]:
    with city.state.reading() as session:
        alerts = session.scalars(select(Alert).where(Alert.drill_id == drill)).all()
        incidents = session.scalars(select(Incident).where(Incident.drill_id == drill)).all()
        notices = session.scalars(select(Notice).where(Notice.drill_id == drill)).all()
    return [
        *compare_alerts(expectation.alerts, alerts),
        _compare("level", expectation.level, sorted(str(incident.level) for incident in incidents)),
        _compare("notice", expectation.department, sorted(n.department for n in notices)),
    ]


def compare_alerts(expected: Sequence[ExpectedAlert], alerts: Sequence[Alert]) -> list[Finding]:
    """Return a finding for each expected alert and for each one that nobody expected."""
    latest_first = sorted(alerts, key=lambda alert: alert.first_seen, reverse=True)
    seen = {(alert.detector, alert.category, alert.subject): alert for alert in latest_first}
    findings = [
        _judge(one, seen.get((one.detector, one.category, one.subject))) for one in expected
    ]
    wanted = {(one.detector, one.category, one.subject) for one in expected}
    extra = [alert for key, alert in sorted(seen.items()) if key not in wanted]
    return findings + [
        Finding("alert", "", f"{alert.category} {alert.subject}", "unexpected") for alert in extra
    ]


def _judge(expected: ExpectedAlert, alert: Alert | None) -> Finding:
    name = f"{expected.category} {expected.subject}"
    if alert is None:
        return Finding("alert", name, "", "missed")
    verdict = "found" if alert.first_seen <= expected.by else "late"
    return Finding("alert", name, alert.first_seen.isoformat(), verdict)


def _compare(what: str, expected: int | str | None, seen: Sequence[str]) -> Finding:
    wanted = "" if expected is None else str(expected)
    if not wanted:
        return Finding(what, "none", ", ".join(seen), "unexpected" if seen else "found")
    return Finding(what, wanted, ", ".join(seen), "found" if wanted in seen else "missed")
