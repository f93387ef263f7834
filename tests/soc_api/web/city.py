"""A city on the desk: plausible alerts, incidents and notices, the same ones every time."""

import datetime as dt
import functools
import pathlib
import random
from collections.abc import Sequence
from dataclasses import asdict

import polars as pl
from sqlalchemy.orm import Session

from playbooks.facts import parse_facts
from playbooks.grading import Grade, grade
from playbooks.plan.document import Plan, load_plan
from situation.claim import Reason
from situation.events.dataset import dataset_of
from situation.events.opening import open_event_store
from situation.events.store import Batch, EventStore
from situation.fields import frame_schema
from situation.sensor_status import InputStatus, SensorStatus, SpoolStatus
from situation.state.store import StateStore, audit, open_state_store
from situation.state.tables import (
    Alert,
    Capture,
    Drill,
    Incident,
    Notice,
    RunningClock,
    SensorReport,
)
from tests.empty import open_empty

NOW = dt.datetime(2026, 3, 17, 18, 17, 9, tzinfo=dt.UTC)
"""02:17 on 18 March in the city."""

DRILL = "drill-20260317-090000-1a2b"
INCIDENT = "SJ-2026-0318-002"
SMALL_INCIDENT = "SJ-2026-0317-001"
DRILL_INCIDENT = "SJ-2026-0317-901"
NOTICE = "notice-2026-115"
DRILL_NOTICE = "notice-2026-901"
LONG_NAME = "市疾病预防控制中心公共卫生应急信息平台建设运营办公室"

DEPARTMENTS = (
    "市住房公积金管理中心",
    "市交通运输局信号控制与诱导系统运行维护中心",
    "市教育局 东浦区教育装备和信息技术中心",
    LONG_NAME,
    "市水务集团有限公司第三水厂",
    "市大数据中心政务云",
    "unknown",
)

ENTITIES = ("192.0.2.61", "203.0.113.77", "198.51.100.23", "2001:db8:4f2a:77b0:0:1:2:3")

Figures = tuple[float, float | None, float | None, float | None, float | None, float | None]

HEAD = (
    (
        "upload", "upload", 4, "T1048",
        "52 分钟内向首次出现的境外地址上传 3.4 GB，是平时的 57 倍",
        "3.4 GB sent to a new foreign address in 52 min, 57 times the usual",
    ),
    (
        "guessing", "guessing_success", 4, "T1110.001",
        "SSH 猜解 4,112 次后登录成功，来自 203.0.113.77",
        "SSH login after 4,112 guesses from 203.0.113.77",
    ),
    (
        "beacon", "beacon", 3, "T1071.001",
        "每 60 秒一次的定时外联，抖动 8%，已持续 5 小时",
        "Calls out every 60 s with 8% jitter for 5 hours",
    ),
    (
        "dns_tunnel", "dns_tunnel", 3, "T1071.004",
        "1 个域名下查询 18,204 个子域，平时 41 个",
        "18,204 names asked below one domain, usually 41",
    ),
    (
        "port_scan", "scan", 2, "T1046",
        "10 分钟内探测 1 台主机的 1,024 个端口",
        "1,024 ports of one host tried in 10 min",
    ),
)  # fmt: skip
"""Detector, category, severity, technique and sentence of the alerts of the intrusion."""

REASONS: dict[str, tuple[tuple[str, str, str, str, Figures], ...]] = {
    "upload": (
        ("sent", "octets", "1 小时上传量", "sent in an hour", (3.4e9, 6e7, 1.2e7, 1.1e8, 8.5e7, 0)),
        ("longest", "seconds", "单连接时长", "longest connection", (3128, 0.4, 0.1, 9, 1.1, 0)),
        ("ratio", "count", "出入字节比", "sent by received", (41, 0.3, 0.1, 1.8, 0.5, 1)),
    ),
    "guessing": (
        ("tries", "count", "登录尝试", "login tries", (4112, 2, 0, 6, 3, 0)),
        ("rate", "per_minute", "尝试频率", "rate of tries", (137, 0.1, 0, 0.4, 0.2, 0)),
    ),
    "beacon": (
        ("jitter", "share", "间隔抖动", "jitter", (0.08, 0.9, 0.55, 1, 0.8, 0)),
        ("calls", "count", "连接次数", "connections", (312, None, None, None, 4, None)),
    ),
    "dns_tunnel": (
        ("names", "count", "子域数", "names", (18204, 41, 12, 130, 38, 0)),
        ("size", "octets", "查询字节", "octets asked", (2_310_000, 4100, 900, 15_000, 3800, 0)),
    ),
    "port_scan": (("ports", "count", "端口数", "ports", (1024, 3, 1, 9, 4, 2)),),
}  # fmt: skip


def open_stores(folder: pathlib.Path) -> tuple[StateStore, EventStore]:
    """Open the two stores in `folder`, empty ones where there are none."""
    events = open_event_store(str(folder / "events"))
    events.setup()
    path = folder / "state.db"
    state = open_state_store(f"sqlite:///{path}") if path.exists() else open_empty(folder)
    return state, events


def settle(state: StateStore, events: EventStore, *, alerts: int = 37) -> None:
    """Fill both stores: an intrusion with its incident and notice, other alerts, a drill."""
    with state.transaction() as session:
        _add_captures(session)
        add_incidents(session)
        _add_notice(session, NOTICE, INCIDENT, drill_id=None)
        intrusion = [_intrusion_alert(rank, None) for rank in range(len(HEAD))]
        session.add_all(intrusion)
        session.add_all(_other_alerts(alerts - len(HEAD)))
        session.add(Drill(id=DRILL, scenario="intrusion", started_at=NOW, result={}))
        _add_incident(session, DRILL_INCIDENT, drill_id=DRILL)
        _add_notice(session, DRILL_NOTICE, DRILL_INCIDENT, drill_id=DRILL)
        drilled = [_intrusion_alert(rank, DRILL) for rank in range(len(HEAD))]
        session.add_all(drilled)
        session.add_all(_report(sensor) for sensor in sensors())
    for alert in (*intrusion, *drilled):
        _write_evidence(events, alert)


def add_incidents(session: Session) -> None:
    """Add the two real incidents with their clocks alone."""
    _add_incident(session, INCIDENT, drill_id=None)
    _add_small_incident(session)


def sensors() -> tuple[SensorStatus, SensorStatus, SensorStatus]:
    """Return three sensors: one in order, one whose store is away, one that went silent."""
    start, second = NOW - dt.timedelta(hours=9), dt.timedelta(seconds=1)
    portal = InputStatus(
        name="portal-access",
        type="file",
        kind="nginx-access",
        received=1_204_311,
        octets=301_077_750,
        events=1_204_290,
        faults={"no pattern fits": 4},
        skipped={"blank": 21},
        last_event_at=NOW - 2 * second,
        silent_minutes=10,
    )
    bastion = InputStatus(
        name="bastion-auth",
        type="syslog",
        kind="syslog",
        received=88_204,
        events=88_201,
        shed={"no_room": 3},
        kernel_drops=12,
        last_event_at=NOW - 720 * second,
        silent_minutes=10,
    )
    firewall = InputStatus(
        name="firewall", type="syslog", kind="keyvalue", trouble="port 5514 is taken"
    )
    exporter = InputStatus(
        name="border-flows", type="netflow", kind="netflow", received=90_112, events=90_112
    )
    budget = 2 * 2**30
    return (
        SensorStatus(
            name="sensor-east",
            started_at=start,
            reported_at=NOW - second,
            spool=SpoolStatus(
                octets=8_400_000,
                budget_octets=budget,
                waiting=1200,
                oldest_waiting_at=NOW - 2 * second,
                accepted=1_292_491,
                stored=1_291_260,
                duplicates=27,
                dead_letters={"@timestamp is missing": 4},
            ),
            inputs=(portal, bastion, firewall),
        ),
        SensorStatus(
            name="sensor-harbour",
            started_at=start,
            reported_at=NOW - 3 * second,
            spool=SpoolStatus(
                octets=1_900_000_000,
                budget_octets=budget,
                waiting=4_180_002,
                oldest_waiting_at=NOW - dt.timedelta(minutes=47),
                accepted=4_260_110,
                stored=80_108,
                shed={"sample": 11_204},
                store="away",
                store_reason="the server cannot be reached: connection refused",
            ),
            inputs=(exporter,),
        ),
        SensorStatus(
            name="sensor-west",
            started_at=start,
            reported_at=NOW - dt.timedelta(minutes=12),
            spool=SpoolStatus(budget_octets=budget, accepted=512, stored=512),
        ),
    )


def _report(sensor: SensorStatus) -> SensorReport:
    return SensorReport(name=sensor.name, reported_at=sensor.reported_at, status=sensor.document())


def alert_id(rank: int, drill_id: str | None = None) -> str:
    """Return the id of an alert of the intrusion, the gravest first."""
    return f"{'d' if drill_id else 'a'}{rank:031x}"


def _add_captures(session: Session) -> None:
    first = NOW - dt.timedelta(hours=6)
    for drill_id in (None, DRILL):
        session.add(
            Capture(
                id=f"capture{drill_id or ''}",
                name="intrusion.pcapng",
                drill_id=drill_id,
                packets=4_218_306,
                bytes=3_902_114_887,
                flows=182_044,
                first_packet=first,
                last_packet=NOW - dt.timedelta(minutes=8),
                counters={"packets": 4_218_306, "refused": {"not_ip": 1204, "truncated_frame": 3}},
                replayed_at=NOW - dt.timedelta(minutes=4),
                event_store="file:events",
            )
        )


@functools.cache
def plan() -> Plan:
    """Return the plan of the distribution, read once."""
    return load_plan()


def _graded(facts: dict[str, object]) -> Grade:
    return grade(plan(), parse_facts(facts), NOW - dt.timedelta(minutes=39))


def _add_incident(session: Session, incident_id: str, *, drill_id: str | None) -> None:
    facts: dict[str, object] = {
        "operator": "other",
        "persons_leaked": 1_240_000,
        "object_importance": "important",
        "business_loss": "considerable",
    }
    found = _graded(facts)
    at = NOW - dt.timedelta(minutes=39)
    session.add(
        Incident(
            id=incident_id,
            drill_id=drill_id,
            title_zh="公积金中心业务前置机失陷并外传数据",
            title_en="Provident-fund front host compromised, data sent out",
            category="data_security/data_theft",
            level=found.level,
            reasons=[asdict(reason) for reason in found.reasons],
            facts=facts,
            fact_sources={
                "operator": {"state": "assumed", "zh": "资产台账未列为关基", "en": "not CII"},
                "persons_leaked": {"state": "assumed", "zh": "按数据目录估算", "en": "catalogue"},
                "object_importance": {"state": "proved", "zh": "资产台账", "en": "asset table"},
                "business_loss": {"state": "assumed", "zh": "由告警推定", "en": "from the alert"},
            },
            flags=[flag.document() for flag in found.flags],
            entities=[{"kind": "address", "value": each} for each in ENTITIES],
            host_ip="192.0.2.61",
            asset="gjj-app-03",
            department=DEPARTMENTS[0],
            district="东浦区",
            first_seen=NOW - dt.timedelta(hours=1),
            last_seen=NOW - dt.timedelta(minutes=8),
            discovered_at=at,
            alert_count=len(HEAD),
            created_at=at,
            updated_at=at,
        )
    )
    session.flush()
    audit(session, at, "system", "incident.open", kind="incident", object_id=incident_id)
    _add_clocks(session, incident_id, found)


def _add_clocks(session: Session, incident_id: str, found: Grade) -> None:
    for rank, clock in enumerate(clock for clock in found.clocks if clock.due_at):
        assert clock.started_at is not None
        assert clock.due_at is not None
        met = clock.started_at + dt.timedelta(minutes=28) if rank == 1 else None
        session.add(
            RunningClock(
                incident_id=incident_id,
                clock=clock.id,
                addressee=clock.addressee,
                addressee_en=clock.addressee_en,
                clause=f"{clock.instrument} {clock.clause}",
                limit_minutes=clock.limit_minutes,
                started_at=clock.started_at,
                due_at=clock.due_at,
                met_at=met,
                state="met" if met else "running",
            )
        )


def _add_small_incident(session: Session) -> None:
    found = _graded({"outage_minutes": {"portal_city_up": 12}})
    at = NOW - dt.timedelta(days=1, hours=3)
    session.add(
        Incident(
            id=SMALL_INCIDENT,
            drill_id=None,
            title_zh="门户网站被扫描后短时中断",
            title_en="Portal scanned, then down for a short time",
            category="network_attack/network_scanning",
            level=found.level,
            reasons=[asdict(reason) for reason in found.reasons],
            facts={"outage_minutes": {"portal_city_up": 12}},
            fact_sources={},
            flags=[],
            entities=[],
            host_ip="192.0.2.80",
            asset="unknown",
            department="unknown",
            district="unknown",
            first_seen=at,
            last_seen=at,
            discovered_at=at,
            alert_count=0,
            created_at=at,
            updated_at=at,
        )
    )


def _add_notice(
    session: Session, notice_id: str, incident_id: str, *, drill_id: str | None
) -> None:
    at = NOW - dt.timedelta(minutes=21)
    session.add(
        Notice(
            id=notice_id,
            number=f"示网安通〔2026〕{notice_id[-3:]} 号",
            drill_id=drill_id,
            incident_id=incident_id,
            department=DEPARTMENTS[0],
            contact="陈（信息科）0000-12345678",
            level=3,
            title_zh="关于业务前置机失陷并外传数据的通报",
            title_en="Notice: front host compromised, data sent out",
            fields=_form(notice_id),
            receipt_due=at + dt.timedelta(minutes=60),
            feedback_due=at + dt.timedelta(hours=24),
            created_at=at,
            updated_at=at,
        )
    )
    session.flush()
    audit(session, at, "system", "notice.draft", kind="notice", object_id=notice_id)


def _form(notice_id: str) -> dict[str, object]:
    values: dict[str, object] = {
        "title": {"zh": "关于业务前置机失陷并外传数据的通报", "en": "Notice: data sent out"},
        "source": {"zh": "平台监测发现", "en": "found by the platform"},
        "issuer": {"zh": "示例市委网信办", "en": "Cyberspace Administration of Sample City"},
        "issued_at": {"zh": "待签发", "en": "waiting for sign-off"},
        "handling_due": "2026-03-19 01:56:09",
        "request": {"zh": "在签收时限前签收，逾期督办", "en": "sign for it in time"},
        "status": {"zh": "待签发", "en": "waiting for sign-off"},
        "asset": "gjj-app-03",
        "address": "192.0.2.61",
        "district": "东浦区",
        "protection_level": {"zh": "等保三级", "en": "level 3"},
        "first_seen": "2026-03-18 01:17:09",
        "scope": ["gjj-app-03 192.0.2.61"],
        "evidence": {"zh": "告警 5 条，事件记录 1,070 条", "en": "5 alerts, 1,070 records"},
        "measures_taken": {"zh": "未采取阻断措施", "en": "nothing blocked"},
        "receipt_due": "2026-03-18 02:56:09",
        "feedback_due": "2026-03-19 01:56:09",
        "number": f"示网安通〔2026〕{notice_id[-3:]} 号",
        "department": DEPARTMENTS[0],
        "type": {"zh": "数据安全事件 / 数据窃取", "en": "data security / data theft"},
        "level": {"zh": "Ⅲ级（较大）", "en": "level Ⅲ (significant)"},
        "indicators": ["203.0.113.77", "198.51.100.23", "2001:db8:4f2a:77b0:0:1:2:3"],
        "path": [{"zh": row[4], "en": row[5]} for row in reversed(HEAD)],
        "measures_required": [
            {"zh": "断开 gjj-app-03 的外网连接", "en": "Cut gjj-app-03 off the internet"},
            {"zh": "保全日志和内存", "en": "Keep logs and memory"},
        ],
        "contact": [],
    }
    return {
        row.key: {
            "label_zh": row.zh,
            "label_en": row.en,
            "value": values.get(row.key, {"zh": "未知", "en": "unknown"}),
        }
        for row in plan().notice_fields
    }


def _reasons(detector: str) -> list[object]:
    rows = REASONS.get(detector, REASONS["port_scan"])
    return [
        asdict(
            Reason(
                metric=metric, unit=unit, zh=zh, en=en, observed=figures[0], usual=figures[1],
                usual_low=figures[2], usual_high=figures[3], peers=figures[4],
                seen_per_month=figures[5],
            )
        )
        for metric, unit, zh, en, figures in rows
    ]  # fmt: skip


def _intrusion_alert(rank: int, drill_id: str | None) -> Alert:
    detector, category, severity, technique, zh, en = HEAD[rank]
    seen = NOW - dt.timedelta(minutes=8 + 6 * rank)
    return Alert(
        id=alert_id(rank, drill_id),
        drill_id=drill_id,
        detector=detector,
        detector_version=3,
        subject="192.0.2.61>198.51.100.23",
        source_ip="192.0.2.61",
        destination_ip="198.51.100.23" if rank else "2001:db8:4f2a:77b0:0:1:2:3",
        host_ip="192.0.2.61",
        window_start=seen - dt.timedelta(minutes=52),
        window_end=seen,
        first_seen=seen - dt.timedelta(minutes=52),
        last_seen=seen,
        severity=severity,
        score=0.97 - rank / 20,
        p_value=2.1e-7 if rank % 2 == 0 else None,
        technique=technique,
        category=category,
        sentence_zh=zh,
        sentence_en=en,
        reasons=_reasons(detector),
        evidence=[f"event-{drill_id or ''}{rank}-{place}" for place in range(8)],
        evidence_dataset="dns" if detector == "dns_tunnel" else "flow",
        event_count=214,
        indicators={"address": "198.51.100.23", "port": "443"},
        asset="gjj-app-03",
        department=DEPARTMENTS[0],
        district="东浦区",
        role="业务前置",
        protection_level=3,
        cii=False,
        incident_id=DRILL_INCIDENT if drill_id else INCIDENT,
        created_at=seen,
        updated_at=seen,
    )


def _other_alerts(amount: int) -> list[Alert]:
    chance = random.Random(3)  # noqa: S311 - the same city every time
    return [_other_alert(rank, chance) for rank in range(max(amount, 0))]


def _other_alert(rank: int, chance: random.Random) -> Alert:
    detector, category, _, technique, zh, en = HEAD[rank % len(HEAD)]
    seen = NOW - dt.timedelta(minutes=15 + 37 * rank + chance.randrange(30))
    host = f"2001:db8:10::{rank:x}" if rank % 5 == 4 else f"192.0.2.{100 + rank % 100}"
    return Alert(
        id=f"b{rank:031x}",
        detector=detector,
        detector_version=1,
        subject=f"{host}>203.0.113.{rank % 250}",
        source_ip=host,
        destination_ip=f"203.0.113.{rank % 250}",
        host_ip=host,
        window_start=seen - dt.timedelta(minutes=10),
        window_end=seen,
        first_seen=seen - dt.timedelta(minutes=9),
        last_seen=seen,
        severity=chance.choice((1, 1, 2, 2, 2, 3)),
        score=chance.random(),
        p_value=None,
        technique=technique,
        category=category,
        sentence_zh=zh,
        sentence_en=en,
        reasons=_reasons(detector),
        evidence=[],
        evidence_dataset="flow",
        event_count=chance.randrange(1, 2000),
        indicators={},
        asset="unknown" if rank % 3 else f"host-{rank:02d}",
        department=DEPARTMENTS[rank % len(DEPARTMENTS)],
        district="unknown",
        role="unknown",
        protection_level=None,
        cii=None,
        created_at=seen,
        updated_at=seen,
    )


_FLOW_FIELDS = (
    "@timestamp", "event.id", "event.dataset", "event.start", "event.end", "event.duration",
    "source.ip", "source.port", "destination.ip", "destination.port", "source.bytes",
    "destination.bytes", "network.transport", "citywatch.drill.id",
)  # fmt: skip
_DNS_FIELDS = (
    "@timestamp", "event.id", "event.dataset", "source.ip", "source.port", "destination.ip",
    "destination.port", "network.transport", "dns.question.name", "dns.question.type",
    "dns.response_code", "citywatch.drill.id",
)  # fmt: skip


def _write_evidence(events: EventStore, alert: Alert) -> None:
    names = _DNS_FIELDS if alert.evidence_dataset == "dns" else _FLOW_FIELDS
    dataset = dataset_of(alert.evidence_dataset, alert.drill_id)
    rows = [_event(alert, dataset, place) for place in range(len(alert.evidence))]
    frame = pl.DataFrame(
        [{name: row[name] for name in names} for row in rows], schema=frame_schema(names)
    )
    events.write(Batch(dataset, f"evidence-{alert.id}", frame))


def _event(alert: Alert, dataset: str, place: int) -> dict[str, object]:
    start = alert.first_seen + dt.timedelta(minutes=place * 6, milliseconds=118 + place * 31)
    seconds = (3128, 0.6, 0.4, 171, 70, 1.9, 12, 0.02)[place % 8]
    sizes: Sequence[int] = (3_310_000_000, 3100, 2900, 61_200_000, 28_800_000, 4000, 90_100, 74)
    return {
        "@timestamp": start,
        "event.id": str(alert.evidence[place]),
        "event.dataset": dataset,
        "event.start": start,
        "event.end": start + dt.timedelta(seconds=seconds),
        "event.duration": int(seconds * 1e9),
        "source.ip": alert.source_ip,
        "source.port": 50122 + place,
        "destination.ip": alert.destination_ip,
        "destination.port": 53 if alert.evidence_dataset == "dns" else 443,
        "source.bytes": sizes[place % 8],
        "destination.bytes": sizes[(place + 3) % 8] // 7,
        "network.transport": "udp" if alert.evidence_dataset == "dns" else "tcp",
        "dns.question.name": f"{place:04x}9f2c61d8e07a41d0b839c5.tunnel.example",
        "dns.question.type": "TXT",
        "dns.response_code": "NOERROR",
        "citywatch.drill.id": alert.drill_id,
    }
