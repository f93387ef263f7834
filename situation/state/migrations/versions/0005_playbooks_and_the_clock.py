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
    _add_playbooks()
    _add_approvals()
    _add_measures()
    _add_schedule()
    op.add_column("alert", _text("suppression_id", nullable=True))


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


def _add_playbooks() -> None:
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
