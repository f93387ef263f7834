"""The tables of the desk. What people change carries a version; every change an audit line."""

from situation.state.tables.alert import Alert, PacketSlice
from situation.state.tables.audit import AuditHead, AuditLine
from situation.state.tables.directory import Contact, Department
from situation.state.tables.incident import GradeChange, Incident, Report, RunningClock, Task
from situation.state.tables.measure import (
    Indicator,
    Measure,
    MeasurePoint,
    PointPoll,
    Suppression,
)
from situation.state.tables.notice import (
    Attachment,
    EscalationStep,
    Extension,
    Feedback,
    Notice,
    RectificationItem,
)
from situation.state.tables.outbox import ChannelPace, Delivery, DeliveryAttempt, OutboxMessage
from situation.state.tables.person import Account, Login
from situation.state.tables.playbook import (
    ActionLog,
    Approval,
    ApprovalVote,
    PlaybookRun,
    PlaybookVersion,
    StepRun,
)
from situation.state.tables.scan import (
    CatalogueEntry,
    DataFinding,
    DataTally,
    ScannedResource,
    ScanRuleset,
    ScanRun,
)
from situation.state.tables.schedule import Job, JobSlot, Lease
from situation.state.tables.telemetry import Capture, Cursor, Drill, SensorReport
from situation.state.tables.warning import CityWarning

__all__ = [
    "Account",
    "ActionLog",
    "Alert",
    "Approval",
    "ApprovalVote",
    "Attachment",
    "AuditHead",
    "AuditLine",
    "Capture",
    "CatalogueEntry",
    "ChannelPace",
    "CityWarning",
    "Contact",
    "Cursor",
    "DataFinding",
    "DataTally",
    "Delivery",
    "DeliveryAttempt",
    "Department",
    "Drill",
    "EscalationStep",
    "Extension",
    "Feedback",
    "GradeChange",
    "Incident",
    "Indicator",
    "Job",
    "JobSlot",
    "Lease",
    "Login",
    "Measure",
    "MeasurePoint",
    "Notice",
    "OutboxMessage",
    "PacketSlice",
    "PlaybookRun",
    "PlaybookVersion",
    "PointPoll",
    "RectificationItem",
    "Report",
    "RunningClock",
    "ScanRuleset",
    "ScanRun",
    "ScannedResource",
    "SensorReport",
    "StepRun",
    "Suppression",
    "Task",
]
