"""The classified-data scan: runs, resources, findings, catalogue, and the tally of each day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import situation.state.columns

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_IN_CODE_POINTS = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_TIME = situation.state.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply the revision."""
    _add_runs()
    _add_rulesets()
    _add_resources()
    _add_findings()
    _add_catalogue()
    _add_tallies()


def downgrade() -> None:
    """Refuse: what was found and decided would be lost."""
    raise NotImplementedError("this revision cannot be taken back; restore a backup")


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, _TIME, nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _large(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _bool(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), nullable=False)


def _json(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.JSON(), nullable=False)


def _add_runs() -> None:
    op.create_table(
        "scan_run",
        _text("id"),
        _text("target"),
        _text("location"),
        _text("department"),
        _text("zone"),
        _text("asked_by"),
        _time("asked_at"),
        _text("state"),
        _text("ruleset"),
        _time("started_at", nullable=True),
        _time("ended_at", nullable=True),
        _text("cursor"),
        _whole("total", nullable=True),
        _large("total_octets", nullable=True),
        _whole("seen"),
        _whole("untouched"),
        _large("octets"),
        _json("counts"),
        _bool("stop_asked"),
        _text("owner", nullable=True),
        _time("lease_until", nullable=True),
        _text("error"),
        _whole("version"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_scan_run_state", "scan_run", ["state"], unique=False)
    op.create_index("ix_scan_run_target", "scan_run", ["target", "asked_at"], unique=False)


def _add_rulesets() -> None:
    op.create_table(
        "scan_ruleset",
        _text("fingerprint"),
        _text("readers"),
        _json("groups"),
        _time("first_used_at"),
        sa.PrimaryKeyConstraint("fingerprint"),
    )


def _add_resources() -> None:
    op.create_table(
        "scanned_resource",
        _text("id"),
        _text("target"),
        _text("department"),
        sa.Column("path", _IN_CODE_POINTS, nullable=False),
        _text("kind"),
        _large("size"),
        _text("stamp"),
        _text("content_hash"),
        _text("ruleset"),
        _text("prefilter_mask"),
        _json("exposure"),
        _json("verdict"),
        _text("zone"),
        _whole("grade"),
        _whole("declared_grade", nullable=True),
        _whole("confirmed_grade", nullable=True),
        _bool("needs_confirm"),
        _whole("classes"),
        _large("persons"),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        _json("kinds"),
        _whole("marks"),
        _whole("unreadable"),
        _time("first_seen_at"),
        _time("seen_at"),
        _time("scanned_at"),
        _time("gone_at", nullable=True),
        _text("run_id"),
        sa.UniqueConstraint("target", "path"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_scanned_resource_content", "scanned_resource", ["content_hash"], unique=False
    )
    op.create_index(
        "ix_scanned_resource_map",
        "scanned_resource",
        [
            "gone_at",
            "department",
            "grade",
            "zone",
            "target",
            "classes",
            "persons",
            "marks",
            "first_seen_at",
        ],
        unique=False,
    )


def _add_findings() -> None:
    op.create_table(
        "data_finding",
        _text("id"),
        _text("resource_id"),
        _text("target"),
        _text("department"),
        _text("path"),
        _text("rule"),
        _whole("severity"),
        _bool("restricted"),
        _whole("grade"),
        _json("kinds"),
        _large("persons"),
        _json("reasons"),
        _text("state"),
        _text("owner"),
        _time("due_at", nullable=True),
        _time("first_seen_at"),
        _time("last_seen_at"),
        _text("first_run_id"),
        _text("last_run_id"),
        _whole("times_returned"),
        _text("alert_id", nullable=True),
        _text("notice_id", nullable=True),
        _whole("rectification_item_id", nullable=True),
        _text("decided_by"),
        _time("decided_at", nullable=True),
        _text("remark"),
        _text("decided_content"),
        _time("closed_at", nullable=True),
        _whole("version"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["resource_id"], ["scanned_resource.id"]),
        sa.UniqueConstraint("resource_id", "rule"),
    )
    op.create_index(
        "ix_data_finding_department", "data_finding", ["department", "state"], unique=False
    )
    op.create_index(
        "ix_data_finding_facets",
        "data_finding",
        [
            "restricted",
            "state",
            "department",
            "severity",
            "rule",
            "grade",
            "target",
            "first_seen_at",
        ],
        unique=False,
    )
    op.create_index("ix_data_finding_notice", "data_finding", ["notice_id"], unique=False)
    op.create_index(
        "ix_data_finding_queue",
        "data_finding",
        ["state", "severity", "last_seen_at", "id"],
        unique=False,
    )


def _add_catalogue() -> None:
    op.create_table(
        "catalogue_entry",
        _whole("id"),
        _text("department"),
        _text("dataset"),
        _text("target"),
        _text("pattern"),
        _whole("grade"),
        _text("opening"),
        _bool("registered"),
        _text("system"),
        _text("approved"),
        _bool("open_export"),
        _json("expected"),
        _whole("population", nullable=True),
        _text("declared_by"),
        _time("declared_at"),
        _text("label"),
        _whole("version"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("department", "dataset"),
    )


def _add_tallies() -> None:
    op.create_table(
        "data_tally",
        sa.Column("day", sa.Date(), nullable=False),
        _text("department"),
        _whole("grade"),
        _whole("resources"),
        _large("persons"),
        _whole("open_findings"),
        sa.PrimaryKeyConstraint("day", "department", "grade"),
    )
