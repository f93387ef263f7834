"""Suppressions and the alerts that they hide, on a real desk."""

import datetime as dt

from detect.desk import put_on_desk
from playbooks.person import SYSTEM
from playbooks.suppression import begin_suppression, end_suppression
from situation.claim import Claim
from situation.state.store import StateStore
from situation.state.tables import Alert, Suppression
from tests.playbooks.incident.case import the
from tests.playbooks.intrusion import ASSETS, NOW, T0

DAY = dt.timedelta(days=1)
SCANNER = "10.20.10.7"


def row(key: str = "s1", /, **changed: object) -> Suppression:
    """Return a suppression of the scanner for thirty days."""
    said: dict[str, object] = {
        "id": key,
        "drill_id": None,
        "run_id": "R-2026-0303-01",
        "detector": "scan",
        "host": SCANNER,
        "reason": "已知的漏洞扫描器",
        "owner": "chen",
        "since": NOW,
        "until": NOW + 30 * DAY,
    }
    return Suppression(**(said | changed))


def begun(state: StateStore, *rows: Suppression) -> None:
    """Let suppressions begin, by default that of the scanner."""
    with state.transaction() as session:
        for one in rows or (row(),):
            begin_suppression(session, one, by=SYSTEM)


def ended(state: StateStore, key: str = "s1", now: dt.datetime = NOW + DAY) -> int:
    """End a suppression; return how many alerts it opened."""
    with state.transaction() as session:
        return end_suppression(session, key, by=SYSTEM, now=now)


def claim(minute: int = 0, *, detector: str = "scan", host: str = SCANNER) -> Claim:
    """Return a claim against a host of the city."""
    start = T0 + dt.timedelta(minutes=minute)
    return Claim(
        detector=detector,
        version=1,
        subject=host,
        source_ip=host,
        destination_ip=None,
        host_ip=host,
        window_start=start,
        window_end=start + dt.timedelta(minutes=10),
        first_seen=start,
        last_seen=start,
        severity=2,
        score=0.9,
        p_value=None,
        technique="T1046",
        category="scan",
        sentence_zh="扫描",
        sentence_en="a scan",
        reasons=(),
        evidence=("e1",),
        event_count=30,
    )


def came(
    state: StateStore, said: Claim, *, now: dt.datetime = NOW, drill: str | None = None
) -> Alert:
    """Put a claim on the desk; return its alert."""
    put_on_desk([said], state, ASSETS, now, drill)
    return the(state, Alert, said.alert_id(drill))
