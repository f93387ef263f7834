"""Incidents with stages, reports and tasks; notices with their whole course; a chained audit."""

import hashlib
import json
import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import situation.state.columns

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TIME = situation.state.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply the revision."""
    _widen_accounts()
    _widen_incidents()
    _widen_clocks()
    _widen_notices()
    _add_directory_and_outbox()
    _add_incident_tables()
    _add_notice_tables()
    _chain_the_audit()


def downgrade() -> None:
    """Refuse: answers of departments and the chain of the audit would be lost."""
    raise NotImplementedError("this revision cannot be taken back; restore a backup")


def _text(name: str, default: str = "") -> "sa.Column[str]":
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _maybe(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(), nullable=True)


def _time(name: str) -> "sa.Column[object]":
    return sa.Column(name, _TIME, nullable=True)


def _widen_accounts() -> None:
    op.add_column("account", _maybe("department"))
    op.add_column("account", _time("ended_at"))
    op.execute("UPDATE account SET role = 'administrator' WHERE role = 'operator'")
    # A login lasts a shift at most; asking for a new one is better than inventing its last use.
    op.execute("DELETE FROM login")
    with op.batch_alter_table("login") as table:
        table.add_column(sa.Column("seen_at", _TIME, nullable=False))


def _widen_incidents() -> None:
    for name in ("accepted_level", "facts_level"):
        op.add_column("incident", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("incident", _time("response_ended_at"))
    op.add_column("incident", _text("stage", "graded"))
    op.execute("UPDATE incident SET stage = 'archived' WHERE status <> 'open'")


def _widen_clocks() -> None:
    with op.batch_alter_table("running_clock") as table:
        table.add_column(_text("start", "discovery"))
        table.add_column(_maybe("met_by"))
        table.add_column(_time("missed_at"))
        table.add_column(_time("paused_at"))
        table.add_column(_text("pause_reason"))
        table.add_column(sa.Column("history", sa.JSON(), nullable=False, server_default="[]"))
        table.alter_column("started_at", existing_type=_TIME, nullable=True)
        table.alter_column("due_at", existing_type=_TIME, nullable=True)
        table.create_index("ix_running_clock_state", ["state", "due_at"])


def _widen_notices() -> None:
    with op.batch_alter_table("notice") as table:
        for name, default in (("kind", "incident"), ("drafted_by", "system")):
            table.add_column(_text(name, default))
        for name in ("urgency", "assignee", "close_reason"):
            table.add_column(_text(name))
        for name in ("parent_id", "hazard_level", "submitted_by", "edited_by", "signed_by"):
            table.add_column(_maybe(name))
        for name in ("signed", "answered", "closed", "overdue", "supervised", "escalated"):
            table.add_column(_time(f"{name}_at"))
        for name in ("round", "sweep"):
            table.add_column(_time(f"{name}_at"))
        for name in ("returns", "round"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        table.alter_column("incident_id", existing_type=sa.String(), nullable=True)
        table.create_index("ix_notice_department", ["department", "status"])
        table.create_index("ix_notice_due", ["status", "receipt_due"])
        table.create_index("ix_notice_serial", ["kind", "created_at", "drill_id"])
        table.create_index("ix_notice_sweep", ["sweep_at"])
        table.create_foreign_key("fk_notice_parent", "notice", ["parent_id"], ["id"])
    op.execute("UPDATE notice SET sweep_at = updated_at WHERE status = 'issued'")


def _add_directory_and_outbox() -> None:
    _create_department()
    _create_contact()
    _create_delivery()
    _create_delivery_attempt()
    _create_channel_pace()


def _create_department() -> None:
    op.create_table(
        "department",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("superior", sa.String(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _create_contact() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["department"], ["department.name"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("department", "name", "role"),
    )


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("drill_id", sa.String(), nullable=True),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("digest_id", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", _TIME, nullable=False),
        sa.Column("give_up_at", _TIME, nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("delivered_at", _TIME, nullable=True),
        sa.Column("dead_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("object_kind", "object_id", "recipient", "channel", "occasion"),
    )
    op.create_index("ix_delivery_due", "delivery", ["state", "next_try_at"])


def _create_delivery_attempt() -> None:
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_delivery_attempt", "delivery_attempt", ["delivery_id"])


def _create_channel_pace() -> None:
    op.create_table(
        "channel_pace",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("counted_at", _TIME, nullable=False),
        sa.Column("blocked_until", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("channel"),
    )


def _add_incident_tables() -> None:
    _create_task()
    _create_grade_change()
    _create_report()
    _create_warning()


def _create_task() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("drill_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("due_at", _TIME, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("done_at", _TIME, nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_task_open", "task", ["state", "due_at"])


def _create_grade_change() -> None:
    op.create_table(
        "grade_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_grade_change_incident", "grade_change", ["incident_id"])


def _create_report() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("drill_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=True),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.Column("received_at", _TIME, nullable=True),
        sa.Column("receipt_note", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("incident_id", "number"),
    )


def _create_warning() -> None:
    op.create_table(
        "warning",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("drill_id", sa.String(), nullable=True),
        sa.Column("incident_id", sa.String(), nullable=True),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("issuer_level", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=True),
        sa.Column("issued_at", _TIME, nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", _TIME, nullable=True),
        sa.Column("lift_reason", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_warning_state", "warning", ["state", "colour"])


def _add_notice_tables() -> None:
    _create_escalation_step()
    _create_extension()
    _create_feedback()
    _create_rectification_item()
    _create_attachment()


def _create_escalation_step() -> None:
    op.create_table(
        "escalation_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("taken_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("notice_id", "step", "round"),
    )


def _create_extension() -> None:
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_extension_notice", "extension", ["notice_id"])


def _create_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("truth", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("measures", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("handled_at", _TIME, nullable=True),
        sa.Column("residual", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", _TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("notice_id", "round"),
    )


def _create_rectification_item() -> None:
    op.create_table(
        "rectification_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("notice_id", "position"),
    )


def _create_attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("feedback_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploaded_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"]),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attachment_notice", "attachment", ["notice_id"])


def _chain_the_audit() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.drop_index("ix_audit_object", "audit_line")
    op.rename_table("audit_line", "audit_line_unchained")
    op.create_table(
        "audit_line",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _SAID),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_audit_object", "audit_line", ["object_kind", "object_id"])
    op.create_index("ix_audit_action", "audit_line", ["action", "at"])
    _copy_chained()
    op.drop_table("audit_line_unchained")
    _keep_audit_lines()


def _keep_audit_lines() -> None:
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


_GUARDS = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_line_no_{change.lower()} BEFORE {change} ON audit_line "
        "BEGIN SELECT RAISE(ABORT, 'a line of the audit is never changed or removed'); END"
        for change in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        """
        CREATE FUNCTION keep_audit_line() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'a line of the audit is never changed or removed'; END $$
        """,
        """
        CREATE TRIGGER audit_line_is_kept BEFORE UPDATE OR DELETE ON audit_line
        FOR EACH ROW EXECUTE FUNCTION keep_audit_line()
        """,
    ),
}
"""Triggers against a careless statement; whoever owns the database can drop them, and is found
by the chain."""


_SAID = ("actor", "action", "object_kind", "object_id")


def _said_columns() -> list["sa.ColumnClause[object]"]:
    texts: list[sa.ColumnClause[object]] = [sa.column(name, sa.String()) for name in _SAID]
    return [sa.column("at", _TIME), *texts, sa.column("detail", sa.JSON())]


def _copy_chained() -> None:
    old = sa.table("audit_line_unchained", sa.column("id", sa.Integer), *_said_columns())
    number, digest_column = sa.column("number", sa.Integer), sa.column("digest", sa.String)
    new = sa.table("audit_line", number, *_said_columns(), digest_column)
    connection, digest, count = op.get_bind(), "", 0
    columns = (old.c.at, *(old.c[name] for name in _SAID), old.c.detail)
    for row in connection.execute(sa.select(*columns).order_by(old.c.id)).all():
        count += 1
        said = tuple(row)
        line = [count, said[0].isoformat(timespec="microseconds"), *said[1:]]
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(f"{digest}\n{text}".encode()).hexdigest()
        values = dict(zip(("at", *_SAID, "detail"), said, strict=True))
        connection.execute(new.insert().values(number=count, digest=digest, **values))
    if count:
        _set_head(connection, count, digest)


def _set_head(connection: sa.Connection, count: int, digest: str) -> None:
    head = sa.table(
        "audit_head", sa.column("id"), sa.column("chain"), sa.column("number"), sa.column("digest")
    )
    chain = secrets.token_hex(16)
    connection.execute(head.insert().values(id=1, chain=chain, number=count, digest=digest))
