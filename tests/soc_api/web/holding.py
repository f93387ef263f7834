"""What acts by itself, as rows: runs with approvals, measures at their points, jobs with turns."""

import datetime as dt

from sqlalchemy.orm import Session

from situation.state.columns import JsonObject
from situation.state.tables import (
    Approval,
    ApprovalVote,
    Indicator,
    Job,
    JobSlot,
    Lease,
    Measure,
    MeasurePoint,
    PlaybookRun,
    PlaybookVersion,
    StepRun,
    Suppression,
    Task,
)
from tests.soc_api.web.city import INCIDENT, NOW

RUN = "R-2026-0318-11"
FAILED_RUN = "R-2026-0318-09"
BLOCK, LONG_BLOCK, LIFTED, SINKHOLE = "step-block", "step-long", "step-lifted", "step-sinkhole"
SUPPRESSION = "step-suppress"
APPROVAL = "approval-1"
LONG_NETWORK = "2001:db8:4f2a:77b0:1234:5678:9abc:0/112"

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def hold(session: Session, *, drill_id: str | None = None, incident_id: str = INCIDENT) -> None:
    """Add runs, measures, suppressions and indicators; the incident is there already."""
    prefix = "d-" if drill_id else ""
    version = _version(session, prefix)
    run = f"{prefix}{RUN}"
    _add_run(session, run, version.id, drill_id, incident_id, state="running")
    _add_run(
        session,
        f"{prefix}{FAILED_RUN}",
        version.id,
        drill_id,
        incident_id,
        state="failed",
        ended_at=NOW - 3 * HOUR,
        outcome="step 3 found no packets",
    )
    for name in (BLOCK, LONG_BLOCK, LIFTED, SINKHOLE, SUPPRESSION):
        _add_step(session, f"{prefix}{name}", run, state="done", undo={"measure": name})
    _add_measures(session, prefix, run, drill_id, incident_id)
    _add_suppression(session, prefix, run, drill_id)
    _ask(session, prefix, run, drill_id)


def trouble(session: Session, *, drill_id: str | None = None) -> None:
    """Add what is broken: a step that nobody is sure of, an undoing that failed."""
    prefix = "d-" if drill_id else ""
    _add_step(session, f"{prefix}unsure", f"{prefix}{RUN}", state="unsure")
    session.add(
        Task(
            id=f"{prefix}task-undo",
            drill_id=drill_id,
            kind="undo_failed",
            object_kind="playbook_run",
            object_id=f"{prefix}{RUN}",
            title_zh="未能解除边界封禁 203.0.113.77/32",
            title_en="203.0.113.77/32 could not be let go",
            opened_at=NOW - HOUR,
        )
    )


def add_indicators(session: Session) -> None:
    """Add the indicators of two feeds; one of them has run out."""
    rows = [("cert", "domain", 60), ("cert", "address", 40), ("partner-sharing", "sha256", 7)]
    for source, kind, amount in rows:
        session.add_all(
            Indicator(
                source=source,
                kind=kind,
                value=f"{kind}-{number}",
                label="",
                valid_until=NOW + dt.timedelta(days=1 if number else -1),
                read_at=NOW - 2 * HOUR,
                detail={},
            )
            for number in range(amount)
        )


def schedule(session: Session) -> None:
    """Add what is kept of some jobs: one in order, one that fails, one paused, one stale."""
    session.add(Lease(name="clock", owner="desk-1", until=NOW - dt.timedelta(seconds=1)))
    success = {"sweep": 2 * MINUTE / 60, "feeds": 5 * HOUR, "retention": 23 * HOUR}
    for name in ("sweep", "feeds", "retention", "report"):
        session.add(
            Job(
                name=name,
                laid_until=NOW,
                last_success_at=NOW - success[name] if name in success else None,
                paused_at=NOW - HOUR if name == "report" else None,
                paused_by="zhou" if name == "report" else None,
                pause_reason="等新版周报模板" if name == "report" else "",
            )
        )
    session.add_all(
        [
            _turn("sweep", 5, "done", outcome={"clocks_missed": 0, "overdue": 2, "steps": 1}),
            _turn("feeds", 3700, "failed", error="feeds.cert cannot be read: no such file"),
            _turn("retention", 86_000, "done", outcome={"days": 1, "documents": 1_204_311}),
            _turn("retention", 40_000, "skipped", error="a newer one was due", asked_by="zhou"),
        ]
    )


def _turn(
    name: str,
    seconds: int,
    state: str,
    *,
    outcome: JsonObject | None = None,
    error: str = "",
    asked_by: str = "clock",
) -> JobSlot:
    at = NOW - dt.timedelta(seconds=seconds)
    return JobSlot(
        job=name,
        slot=at,
        state=state,
        asked_by=asked_by,
        laid_at=at,
        next_try_at=at,
        attempts=4 if state == "failed" else 1,
        started_at=at if state != "skipped" else None,
        ended_at=at + dt.timedelta(seconds=2),
        outcome=outcome or {},
        error=error,
    )


def _version(session: Session, prefix: str) -> PlaybookVersion:
    row = PlaybookVersion(
        playbook_id=f"{prefix}playbook--1",
        number=7,
        key=f"{prefix}data-leak",
        name_zh="数据外传处置",
        name_en="Data sent out",
        document={},
        sha256=f"{prefix}00",
        state="published",
        written_by="lin",
        written_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def _add_run(
    session: Session,
    run_id: str,
    version_id: int,
    drill_id: str | None,
    incident_id: str,
    *,
    state: str,
    ended_at: dt.datetime | None = None,
    outcome: str = "",
) -> None:
    session.add(
        PlaybookRun(
            id=run_id,
            version_id=version_id,
            drill_id=drill_id,
            object_kind="incident",
            object_id=incident_id,
            incident_id=incident_id,
            trigger="grade",
            trigger_key=f"grade:{run_id}",
            variables={},
            state=state,
            started_by="system",
            started_at=NOW - 4 * HOUR,
            deadline_at=NOW + dt.timedelta(days=7),
            ended_at=ended_at,
            outcome=outcome,
        )
    )
    session.flush()


def _add_step(
    session: Session, step_id: str, run_id: str, *, state: str, undo: JsonObject | None = None
) -> None:
    session.add(
        StepRun(
            id=step_id,
            run_id=run_id,
            step_id=f"action--{step_id}",
            state=state,
            due_at=NOW - HOUR,
            deadline_at=NOW + HOUR,
            action={"name": "block_address", "parameters": {}},
            outputs={},
            undo=undo or {},
            opened_at=NOW - HOUR,
            started_at=NOW - HOUR,
        )
    )
    session.flush()


def _add_measures(
    session: Session, prefix: str, run: str, drill_id: str | None, incident_id: str
) -> None:
    points = [] if drill_id else ["边界防火墙组 A", "edge-nft"]
    rows = [
        (BLOCK, "block_address", "198.51.100.23/32", "in_force", 22 * HOUR),
        (LONG_BLOCK, "block_address", LONG_NETWORK, "wanted", None),
        (LIFTED, "block_address", "203.0.113.77/32", "lifted", 2 * HOUR),
        (SINKHOLE, "sinkhole_domain", "xn--fiq228c.tunnel.example", "in_force", -5 * MINUTE),
    ]
    for name, kind, target, state, left in rows:
        session.add(
            Measure(
                id=f"{prefix}{name}",
                drill_id=drill_id,
                run_id=run,
                incident_id=incident_id,
                kind=kind,
                target=target,
                points=points,
                reason="公积金中心前置机向该地址上传 3.4 GB",
                state=state,
                wanted_at=NOW - 2 * HOUR,
                until=NOW + left if left is not None else None,
                in_force_at=None if state == "wanted" else NOW - 2 * HOUR,
                lifted_at=NOW - HOUR if state == "lifted" else None,
                lifted_by="zhou" if state == "lifted" else None,
            )
        )
        session.flush()
        _add_points(session, f"{prefix}{name}", points, state)


def _add_points(session: Session, measure_id: str, points: list[str], state: str) -> None:
    held = {"in_force": "held", "lifted": "gone"}.get(state, "wanted")
    for place, point in enumerate(points):
        away = state == "wanted" and place == 1
        session.add(
            MeasurePoint(
                measure_id=measure_id,
                point=point,
                state=held,
                changed_at=NOW - 2 * HOUR,
                error="the helper cannot be reached: connection refused" if away else "",
            )
        )


def _add_suppression(session: Session, prefix: str, run: str, drill_id: str | None) -> None:
    session.add(
        Suppression(
            id=f"{prefix}{SUPPRESSION}",
            drill_id=drill_id,
            run_id=run,
            detector="port_scan",
            host="192.0.2.61",
            reason="授权的漏洞扫描，工单 4711",
            owner="何",
            since=NOW - HOUR,
            until=NOW + dt.timedelta(days=2),
        )
    )


def _ask(session: Session, prefix: str, run: str, drill_id: str | None) -> None:
    step = f"{prefix}step-asked"
    _add_step(session, step, run, state="approval")
    session.add(
        Approval(
            id=f"{prefix}{APPROVAL}",
            step_run_id=step,
            run_id=run,
            drill_id=drill_id,
            action={"name": "block_address", "parameters": {}},
            action_sha256="6b1f0c92",
            intent={
                "command": "deny ip 198.51.100.23/32",
                "what": {"zh": "边界封禁 198.51.100.23，24 小时", "en": "Block 198.51.100.23"},
            },
            effect="contain",
            rule="contain",
            quorum=2,
            roles=["duty_lead"],
            asked_by="lin",
            asked_at=NOW - 5 * MINUTE,
            deadline_at=NOW + 12 * MINUTE,
            on_timeout="skip",
        )
    )
    session.flush()
    session.add(
        ApprovalVote(
            approval_id=f"{prefix}{APPROVAL}", person="he", role="duty_lead", vote="approve", at=NOW
        )
    )
