"""Playbooks with their runs and approvals, measures in force, and the schedule."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import situation.state.columns

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TIME = situation.state.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply the revision."""
    _add_versions()
    _add_runs()
    _add_approvals()
    _add_measures()
    _add_schedule()
    _change_alerts()
    _widen_captures()
    op.add_column("capture", sa.Column("files", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("task", sa.Column("role", sa.String(), nullable=False, server_default=""))
    op.add_column("task", sa.Column("answer", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Refuse: what is blocked now, and by whom, would be lost."""
    raise NotImplementedError("this revision cannot be taken back; restore a backup")


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, _TIME, nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _json(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.JSON(), nullable=False)


def _add_versions() -> None:
    op.create_table(
        "playbook_version",
        _whole("id"),
        _text("playbook_id"),
        _whole("number"),
        _text("key"),
        _text("name_zh"),
        _text("name_en"),
        _json("document"),
        _text("source"),
        _text("sha256"),
        _text("state"),
        _text("written_by"),
        _time("written_at"),
        _text("reviewed_by", nullable=True),
        _time("reviewed_at", nullable=True),
        _text("remark"),
        _whole("version"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("playbook_id", "number"),
    )
    op.create_index("ix_playbook_version_key", "playbook_version", ["key", "state"], unique=False)
    for column in ("playbook_id", "key"):
        op.create_index(
            f"ux_playbook_version_{column}",
            "playbook_version",
            [column],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def _add_runs() -> None:
    op.create_table(
        "playbook_run",
        _text("id"),
        _whole("version_id"),
        _text("drill_id", nullable=True),
        _text("object_kind"),
        _text("object_id"),
        _text("incident_id", nullable=True),
        _text("parent_step_id", nullable=True),
        _text("trigger"),
        _text("trigger_key"),
        _json("variables"),
        _text("state"),
        _text("started_by"),
        _text("reason"),
        _time("started_at"),
        _time("deadline_at"),
        _time("ended_at", nullable=True),
        _text("outcome"),
        _text("ends_as"),
        _whole("version"),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["playbook_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("trigger_key"),
    )
    op.create_index("ix_playbook_run_incident", "playbook_run", ["incident_id"], unique=False)
    op.create_index("ix_playbook_run_state", "playbook_run", ["state", "started_at"], unique=False)
    op.create_table(
        "step_run",
        _text("id"),
        _text("run_id"),
        _text("step_id"),
        _text("scope"),
        _text("purpose"),
        _text("undoes", nullable=True),
        _text("state"),
        _time("due_at"),
        _time("deadline_at"),
        _whole("attempts"),
        _text("owner", nullable=True),
        _time("lease_until", nullable=True),
        _text("awaits_kind"),
        _text("awaits_id"),
        _json("action"),
        _text("action_sha256"),
        _json("outputs"),
        _json("undo"),
        _time("undone_at", nullable=True),
        _text("error"),
        _time("opened_at"),
        _time("started_at", nullable=True),
        _time("ended_at", nullable=True),
        _whole("version"),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["playbook_run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "step_id", "scope", "purpose"),
    )
    op.create_index("ix_step_run_due", "step_run", ["state", "due_at"], unique=False)


_KEPT = ("playbook_id", "number", "key", "document", "source", "sha256", "written_by")
_CHANGED = " OR ".join(f"CAST(NEW.{name} AS TEXT) <> CAST(OLD.{name} AS TEXT)" for name in _KEPT)
_UNFIT = f"OLD.state <> 'draft' AND (NEW.state = 'draft' OR {_CHANGED})"
_SAID = "a playbook that left its draft is never changed or removed"
_GUARDS = {
    "sqlite": tuple(
        f"CREATE TRIGGER playbook_version_no_{change.lower()} BEFORE {change} ON playbook_version "
        f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
        for change, when in (("UPDATE", _UNFIT), ("DELETE", "OLD.state <> 'draft'"))
    ),
    "postgresql": (
        f"""
        CREATE FUNCTION keep_playbook_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation'; END $$
        """,
        f"""
        CREATE TRIGGER playbook_version_no_update BEFORE UPDATE ON playbook_version
        FOR EACH ROW WHEN ({_UNFIT}) EXECUTE FUNCTION keep_playbook_version()
        """,
        """
        CREATE TRIGGER playbook_version_no_delete BEFORE DELETE ON playbook_version
        FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION keep_playbook_version()
        """,
    ),
}
"""A run is pinned to its version, so a version stays what people agreed to."""


def _add_approvals() -> None:
    op.create_table(
        "approval",
        _text("id"),
        _text("step_run_id"),
        _text("run_id"),
        _text("drill_id", nullable=True),
        _json("action"),
        _text("action_sha256"),
        _json("intent"),
        _text("effect"),
        _text("rule"),
        _whole("quorum"),
        _json("roles"),
        _text("asked_by"),
        _time("asked_at"),
        _time("deadline_at"),
        _time("remind_at", nullable=True),
        _text("on_timeout"),
        _text("state"),
        _time("decided_at", nullable=True),
        _whole("version"),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["playbook_run.id"],
        ),
        sa.ForeignKeyConstraint(
            ["step_run_id"],
            ["step_run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_approval_state", "approval", ["state", "deadline_at"], unique=False)
    op.create_index("ix_approval_step", "approval", ["step_run_id"], unique=False)
    op.create_table(
        "approval_vote",
        _whole("id"),
        _text("approval_id"),
        _text("person"),
        _text("role"),
        _text("vote"),
        _text("remark"),
        _time("at"),
        sa.ForeignKeyConstraint(
            ["approval_id"],
            ["approval.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("approval_id", "person"),
    )
    op.create_table(
        "action_log",
        _whole("id"),
        _text("run_id"),
        _text("step_run_id"),
        _time("at"),
        _text("what"),
        _whole("attempt"),
        _text("by"),
        _json("detail"),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["playbook_run.id"],
        ),
        sa.ForeignKeyConstraint(
            ["step_run_id"],
            ["step_run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_action_log_run", "action_log", ["run_id"], unique=False)


def _add_measures() -> None:
    op.create_table(
        "measure",
        _text("id"),
        _text("drill_id", nullable=True),
        _text("run_id"),
        _text("incident_id", nullable=True),
        _text("kind"),
        _text("target"),
        _json("points"),
        _text("reason"),
        _text("state"),
        _time("wanted_at"),
        _time("until", nullable=True),
        _time("in_force_at", nullable=True),
        _time("lifted_at", nullable=True),
        _text("lifted_by", nullable=True),
        _whole("version"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_measure_state", "measure", ["state", "kind"], unique=False)
    op.create_table(
        "measure_point",
        _text("measure_id"),
        _text("point"),
        _text("state"),
        _time("changed_at"),
        _text("error"),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measure.id"],
        ),
        sa.PrimaryKeyConstraint("measure_id", "point"),
    )
    op.create_table(
        "point_poll",
        _text("point"),
        _time("polled_at"),
        _text("address"),
        _text("sha256"),
        sa.PrimaryKeyConstraint("point"),
    )
    op.create_table(
        "suppression",
        _text("id"),
        _text("drill_id", nullable=True),
        _text("run_id"),
        _text("detector"),
        _text("host"),
        _text("reason"),
        _text("owner"),
        _time("since"),
        _time("until"),
        _time("ended_at", nullable=True),
        _text("ended_by", nullable=True),
        _whole("version"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_suppression_until", "suppression", ["until"], unique=False)
    op.create_table(
        "indicator",
        _whole("id"),
        _text("source"),
        _text("kind"),
        _text("value"),
        _text("label"),
        _whole("confidence", nullable=True),
        _time("valid_from", nullable=True),
        _time("valid_until", nullable=True),
        _time("read_at"),
        _json("detail"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "kind", "value"),
    )
    op.create_index("ix_indicator_value", "indicator", ["kind", "value"], unique=False)


def _add_schedule() -> None:
    op.create_table(
        "job",
        _text("name"),
        _time("laid_until"),
        _time("paused_at", nullable=True),
        _text("paused_by", nullable=True),
        _text("pause_reason"),
        _time("last_success_at", nullable=True),
        _whole("version"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "job_slot",
        _whole("id"),
        _text("job"),
        _time("slot"),
        _text("state"),
        _text("asked_by"),
        _time("laid_at"),
        _time("next_try_at"),
        _whole("attempts"),
        _text("owner", nullable=True),
        _time("lease_until", nullable=True),
        _time("started_at", nullable=True),
        _time("ended_at", nullable=True),
        _json("outcome"),
        _text("error"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("job", "slot"),
    )
    op.create_index("ix_job_slot_due", "job_slot", ["state", "next_try_at"], unique=False)
    op.create_table(
        "lease", _text("name"), _text("owner"), _time("until"), sa.PrimaryKeyConstraint("name")
    )


def _change_alerts() -> None:
    op.add_column("alert", _text("suppression_id", nullable=True))
    op.drop_index("ix_alert_queue", "alert")
    queue = ["drill_id", "status", "severity", "last_seen", "id"]
    op.create_index("ix_alert_queue", "alert", queue, unique=False)
    facet = ["drill_id", "status", "severity", "department", "detector"]
    op.create_index("ix_alert_facet", "alert", facet, unique=False)
    op.create_index("ix_alert_host", "alert", ["host_ip", "last_seen"], unique=False)
    op.create_index("ix_alert_incident", "alert", ["incident_id", "first_seen"], unique=False)


def _widen_captures() -> None:
    with op.batch_alter_table("capture") as table:
        for name in ("packets", "bytes", "flows"):
            table.alter_column(name, type_=sa.BigInteger(), existing_nullable=False)
