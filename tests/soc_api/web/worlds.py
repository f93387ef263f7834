"""Two departments whose records bear marks in every text, to see that none strays."""

import datetime as dt
import typing
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.columns import Row
from situation.state.store import StateStore, audit
from situation.state.tables import (
    Alert,
    Approval,
    Attachment,
    CatalogueEntry,
    CityWarning,
    Contact,
    DataFinding,
    Delivery,
    Department,
    EscalationStep,
    Extension,
    Feedback,
    GradeChange,
    Incident,
    Measure,
    Notice,
    PacketSlice,
    PlaybookRun,
    PlaybookVersion,
    RectificationItem,
    Report,
    RunningClock,
    ScannedResource,
    ScanRun,
    StepRun,
    Suppression,
    Task,
)
from tests.soc_api.web.city import NOW

LATER = NOW + dt.timedelta(days=3)
PAYLOAD = ("number", "kind_zh", "kind_en", "title_zh", "title_en", "department", "link")
"""Texts that every delivery carries."""


@dataclass(frozen=True)
class World:
    """A department with its records: marks that its answers hold, ids by parameter of a route."""

    department: str
    mark: str
    draft_mark: str
    ids: dict[str, str | int]
    draft_id: str

    @property
    def inner_mark(self) -> str:
        """What stands in the audit of how the city's people came to the notice."""
        return f"{self.mark}Within"

    @property
    def marks(self) -> tuple[str, ...]:
        """Texts that only the records of this department hold."""
        return (self.mark, self.draft_mark, self.department)


def build(state: StateStore, mark: str) -> World:
    """Write the records of one department, each text marked."""
    department, draft_mark = f"示例{mark}单位", f"{mark}Unissued"
    with state.transaction() as session:
        ids = _write_desk(session, mark, department)
        ids |= _write_scan(session, mark, department)
        ids |= _write_notice(session, mark, department, "handling")
        draft = _write_notice(session, draft_mark, department, "triage")
    return World(department, mark, draft_mark, ids, str(draft["notice_id"]))


def fingerprint(state: StateStore, world: World) -> dict[str, list[object]]:
    """Return every row that bears the marks of a world, to see that nobody changed one."""
    found: dict[str, list[object]] = {}
    with state.reading() as session:
        for table in (Notice, Feedback, Attachment, Extension, RectificationItem):
            rows = session.execute(sa.select(*table.__table__.columns)).all()
            found[table.__name__] = [row for row in map(tuple, rows) if world.mark in str(row)]
    return found


def filled(table: type[Row], mark: str, **given: object) -> Row:
    """Return a row whose texts are all marked and whose other columns hold something that fits."""
    hints = typing.get_type_hints(table)
    values = {
        column.name: _value(column, str(hints[column.name]), mark)
        for column in typing.cast("sa.Table", table.__table__).columns
        if column.name != "version" and not _is_numbered(column)
    }
    return table(**(values | given))


def _is_numbered(column: "sa.Column[object]") -> bool:
    return column.primary_key and isinstance(column.type, sa.Integer)


def _value(column: "sa.Column[object]", hint: str, mark: str) -> object:
    if isinstance(column.type, sa.String):
        return None if column.foreign_keys else f"{mark}-{column.table.name}-{column.name}"
    if column.nullable:
        return None
    fitting = {
        "list": [],
        "dict": {"note": mark},
        "datetime": NOW,
        "bool": False,
        "bytes": mark.encode(),
        "int": 1,
        "float": 1.0,
    }
    return next(value for kind, value in fitting.items() if kind in hint)


def _write_desk(session: Session, mark: str, department: str) -> dict[str, str | int]:
    incident_id, warning_id = f"{mark}-incident-id", f"{mark}-warning-id"
    owned = {"department": department, "drill_id": None}
    incident = {"incident_id": incident_id}
    session.add(filled(Department, mark, name=department))
    session.add(
        filled(
            Incident,
            mark,
            id=incident_id,
            level=3,
            status="open",
            stage="responding",
            category="data_security/data_theft",
            facts={},
            fact_sources={},
            **owned,
        )
    )
    session.flush()
    alert_id = f"{mark}-alert-id"
    session.add(filled(Alert, mark, id=alert_id, status="open", severity=4, **owned, **incident))
    session.flush()
    rows: dict[str, Row] = {
        "packets": filled(PacketSlice, mark, alert_id=alert_id),
        "contact": filled(Contact, mark, department=department),
        "clock_id": filled(
            RunningClock,
            mark,
            clock="T-OTH-1",
            start="discovery",
            state="running",
            due_at=LATER,
            history=[],
            **incident,
        ),
        "change_id": filled(GradeChange, mark, state="pending", before=3, after=4, **incident),
        "report_id": filled(
            Report,
            mark,
            id=f"{mark}-report-id",
            drill_id=None,
            kind="first",
            state="draft",
            **incident,
        ),
        "task_id": filled(
            Task,
            mark,
            id=f"{mark}-task-id",
            drill_id=None,
            kind="report_rest",
            object_kind="incident",
            object_id=incident_id,
            state="open",
        ),
        "warning_id": filled(
            CityWarning,
            mark,
            id=warning_id,
            drill_id=None,
            colour="blue",
            issuer_level="city",
            state="issued",
            issued_at=NOW,
            **incident,
        ),
    }
    rows |= _measures(mark, incident_id)
    session.add_all((*rows.values(), _told(mark, warning_id, department)))
    session.flush()
    audit(session, NOW, mark, "incident.open", kind="incident", object_id=incident_id, why=mark)
    kept = ("clock_id", "change_id", "report_id", "task_id", "measure_id", "suppression_id")
    ids: dict[str, str | int] = {"incident_id": incident_id, "alert_id": alert_id}
    ids["warning_id"] = warning_id
    return (
        ids
        | _write_playbook(session, mark, incident_id)
        | {name: typing.cast("dict[str, str | int]", vars(rows[name]))["id"] for name in kept}
    )


def _measures(mark: str, incident_id: str) -> dict[str, Row]:
    return {
        "measure_id": filled(
            Measure,
            mark,
            id=f"{mark}-measure-id",
            drill_id=None,
            incident_id=incident_id,
            kind="block_address",
            state="in_force",
            until=LATER,
        ),
        "suppression_id": filled(
            Suppression, mark, id=f"{mark}-suppression-id", drill_id=None, until=LATER
        ),
    }


def _write_playbook(session: Session, mark: str, incident_id: str) -> dict[str, str | int]:
    version = filled(
        PlaybookVersion,
        mark,
        playbook_id=f"playbook--{mark}",
        number=1,
        key=f"{mark}-key",
        state="draft",
        reviewed_by=None,
    )
    session.add(version)
    session.flush()
    version_id = typing.cast("PlaybookVersion", version).id
    run_id, step_id, approval_id = (f"{mark}-{name}-id" for name in ("run", "step", "approval"))
    session.add(
        filled(
            PlaybookRun,
            mark,
            id=run_id,
            version_id=version_id,
            drill_id=None,
            object_kind="incident",
            object_id=incident_id,
            incident_id=incident_id,
            parent_step_id=None,
            trigger="hand",
            state="running",
            ends_as="",
        )
    )
    session.flush()
    session.add(
        filled(
            StepRun,
            mark,
            id=step_id,
            run_id=run_id,
            scope="",
            purpose="do",
            undoes=None,
            state="approval",
            awaits_kind="",
            action={"name": mark, "parameters": {}},
        )
    )
    session.flush()
    asked = {"roles": ["duty_lead"], "on_timeout": "skip", "effect": "contain", "state": "pending"}
    session.add(
        filled(
            Approval,
            mark,
            id=approval_id,
            step_run_id=step_id,
            run_id=run_id,
            drill_id=None,
            action={"name": mark, "parameters": {}},
            deadline_at=LATER,
            **asked,
        )
    )
    session.flush()
    return {
        "playbook_key": f"{mark}-key",
        "number": 1,
        "version_id": version_id,
        "run_id": run_id,
        "step_run_id": step_id,
        "approval_id": approval_id,
    }


def _write_scan(session: Session, mark: str, department: str) -> dict[str, str | int]:
    """Write a run, an entry of the catalogue, a finding, and one about a mark of secrecy."""
    run_id = f"{mark}-scan-id"
    session.add(filled(ScanRun, mark, id=run_id, department=department, state="done", seen=1))
    entry = filled(
        CatalogueEntry, mark, department=department, grade=3, opening="", pattern=f"/{mark}/**"
    )
    session.add(entry)
    session.flush()
    held = {"hits": [{"kind": "name", "count": 1, "mask": "王**", "places": []}], "columns": []}
    for name, restricted in (("finding", False), ("marked", True)):
        resource_id = f"{mark}-{name}-resource-id"
        session.add(
            filled(
                ScannedResource,
                mark,
                id=resource_id,
                department=department,
                path=f"/{mark}/{name}",
                prefilter_mask="0" * 16,
                zone="internal",
                verdict={"marks": [], "unreadable": [], **held},
                run_id=run_id,
            )
        )
        session.flush()
        session.add(
            filled(
                DataFinding,
                mark,
                id=f"{mark}-{name}-id",
                resource_id=resource_id,
                department=department,
                rule="V01" if restricted else "V05",
                restricted=restricted,
                state="open",
                notice_id=None,
            )
        )
    session.flush()
    entry_id = typing.cast("CatalogueEntry", entry).id
    return {
        "scan_id": run_id,
        "entry_id": entry_id,
        "finding_id": f"{mark}-finding-id",
        "mark_id": f"{mark}-marked-id",
    }


def _told(mark: str, warning_id: str, department: str) -> Row:
    return filled(
        Delivery,
        mark,
        id=f"{mark}-told-id",
        drill_id=None,
        payload={"number": f"{mark}-told-number"},
        object_kind="warning",
        object_id=warning_id,
        recipient=department,
        channel="portal",
        state="delivered",
    )


def _write_notice(
    session: Session, mark: str, department: str, status: str
) -> dict[str, str | int]:
    notice_id = f"{mark}-notice-id"
    session.add(
        filled(
            Notice,
            mark,
            id=notice_id,
            drill_id=None,
            kind="hazard",
            incident_id=None,
            parent_id=None,
            department=department,
            level=3,
            hazard_level="high",
            urgency="",
            status=status,
            fields={"request": mark},
            receipt_due=LATER,
            feedback_due=LATER,
            issued_at=NOW if status != "triage" else None,
            signed_at=NOW if status != "triage" else None,
        )
    )
    session.flush()
    belongs = {"notice_id": notice_id}
    feedback_id = f"{mark}-feedback-id"
    session.add(filled(Feedback, mark, id=feedback_id, truth="true", verdict="failed", **belongs))
    session.flush()
    attachment = filled(Attachment, mark, id=f"{mark}-file-id", feedback_id=feedback_id, **belongs)
    extension = filled(Extension, mark, state="granted", **belongs)
    item = filled(RectificationItem, mark, state="doing", **belongs)
    delivery = filled(
        Delivery,
        mark,
        id=f"{mark}-delivery-id",
        drill_id=None,
        object_kind="notice",
        object_id=notice_id,
        recipient=department,
        channel="portal",
        state="delivered",
        payload=dict.fromkeys(PAYLOAD, mark) | {"level": 3, "due_at": LATER.isoformat()},
    )
    step = filled(EscalationStep, mark, **belongs)
    session.add_all([attachment, extension, item, delivery, step])
    session.flush()
    for act in ("notice.draft", "notice.send_back"):
        inner = f"{mark}Within"
        audit(session, NOW, inner, act, kind="notice", object_id=notice_id, reason=inner)
    return {
        "notice_id": notice_id,
        "attachment_id": f"{mark}-file-id",
        "delivery_id": f"{mark}-delivery-id",
        "extension_id": typing.cast("Extension", extension).id,
        "item_id": typing.cast("RectificationItem", item).id,
    }
