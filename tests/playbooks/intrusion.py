"""Alerts of an invented intrusion and a desk to put them on."""

import datetime as dt
import ipaddress
import pathlib
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from situation.assets import UNKNOWN, Asset, Assets
from situation.state.store import StateStore
from situation.state.tables import (
    Alert,
    AuditLine,
    GradeChange,
    Incident,
    Notice,
    OutboxMessage,
    RunningClock,
    Task,
)
from tests.empty import open_empty

T0 = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)

ATTACKER = "203.0.113.77"
FRONT_END = "10.20.1.15"
WORKSTATION = "10.20.10.7"
RESOLVER = "10.20.0.53"


def asset(network: str, name: str, department: str, level: int, role: str = "server") -> Asset:
    """Return an asset of the city; level 4 is critical information infrastructure."""
    return Asset(
        range=ipaddress.ip_network(network),
        name=name,
        department=department,
        district="市本级",
        contact=f"{department}值班电话",
        protection_level=level,
        cii=level > 3,
        role=role,
    )


ASSETS = Assets(
    [
        asset(FRONT_END, "数据交换前置机", "示例市数据局", 4),
        asset("10.20.10.0/24", "交通局终端", "示例市交通局", 2, "workstation"),
        asset(RESOLVER, "域名服务器", "示例市大数据中心", 3, "dns"),
        asset("10.20.2.11", "文件服务器", "示例市交通局", 3),
    ]
)


def alert(category: str, minute: float, **more: object) -> Alert:
    """Return an alert so many minutes after the start, by default on the front end."""
    first_seen = T0 + minute * MINUTE
    fields: dict[str, object] = {
        "id": f"{category}-{minute}",
        "drill_id": None,
        "detector": category,
        "detector_version": 1,
        "subject": f"{ATTACKER}>{FRONT_END}",
        "source_ip": ATTACKER,
        "destination_ip": FRONT_END,
        "host_ip": FRONT_END,
        "window_start": first_seen,
        "window_end": first_seen + 10 * MINUTE,
        "first_seen": first_seen,
        "last_seen": first_seen + 5 * MINUTE,
        "severity": 2,
        "score": 0.9,
        "p_value": None,
        "technique": "T1046",
        "category": category,
        "sentence_zh": f"{category} 的一句话",
        "sentence_en": f"a sentence of {category}",
        "reasons": [],
        "evidence": ["e1"],
        "evidence_dataset": "flow",
        "event_count": 100,
        "indicators": {},
        "status": "open",
        "created_at": NOW,
        "updated_at": NOW,
    }
    fields |= more
    owner = ASSETS.of(str(fields["host_ip"])) if fields["host_ip"] else None
    fields |= {
        "asset": owner.name if owner else UNKNOWN,
        "department": owner.department if owner else UNKNOWN,
        "district": owner.district if owner else UNKNOWN,
        "role": owner.role if owner else UNKNOWN,
        "protection_level": owner.protection_level if owner else None,
        "cii": owner.cii if owner else None,
    }
    return Alert(**fields)


def intrusion(drill_id: str | None = None) -> list[Alert]:
    """Return scan, guessing, beacon, tunnel and upload of one intrusion."""
    mark = f"{drill_id}-" if drill_id else ""
    outbound = {"source_ip": FRONT_END, "destination_ip": "198.51.100.23"}
    made = [
        alert("scan", 0),
        alert("guessing_success", 31, severity=4, technique="T1110.001", indicators={"port": "22"}),
        alert("beacon", 60, severity=3, technique="T1071.001", **outbound),
        alert(
            "dns_tunnel",
            70,
            severity=3,
            source_ip=FRONT_END,
            destination_ip=RESOLVER,
            indicators={"domain": "t.example.net"},
        ),
        alert("upload", 75, severity=3, technique="T1048", **outbound),
    ]
    for each in made:
        each.id, each.drill_id = f"{mark}{each.id}", drill_id
    return made


def opened(folder: pathlib.Path) -> StateStore:
    """Open a new desk in a file."""
    return open_empty(folder)


def put(state: StateStore, alerts: Sequence[Alert]) -> None:
    """Put alerts on the desk."""
    with state.transaction() as session:
        session.add_all(alerts)


Desk = dict[type, list[dict[str, object]]]


def everything(state: StateStore) -> Desk:
    """Return every row of the desk, to compare it with what it was."""
    kinds = (
        Alert,
        Incident,
        GradeChange,
        RunningClock,
        Task,
        Notice,
        AuditLine,
        OutboxMessage,
    )
    with state.reading() as session:
        return {kind: list(_rows(session.execute(sa.select(kind.__table__)))) for kind in kinds}


def _rows(result: sa.Result[tuple[object, ...]]) -> Iterator[dict[str, object]]:
    yield from (dict(row) for row in result.mappings())
