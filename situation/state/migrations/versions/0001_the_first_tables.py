"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import situation.state.columns

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply the revision."""
    _create_account()
    _create_audit_line()
    _create_capture()
    _create_cursor()
    _create_drill()
    _create_incident()
    _create_outbox_message()
    _create_alert()
    _create_login()
    _create_notice()
    _create_running_clock()


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("running_clock")
    op.drop_table("notice")
    op.drop_table("login")
    op.drop_table("alert")
    op.drop_table("outbox_message")
    op.drop_table("incident")
    op.drop_table("drill")
    op.drop_table("cursor")
    op.drop_table("capture")
    op.drop_table("audit_line")
    op.drop_table("account")


def _create_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("created_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _create_audit_line() -> None:
    op.create_table(
        "audit_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("audit_line", schema=None) as batch_op:
        batch_op.create_index("ix_audit_object", ["object_kind", "object_id"], unique=False)


def _create_capture() -> None:
    op.create_table(
        "capture",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("drill_id", sa.String(), nullable=True),
        sa.Column("packets", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("flows", sa.Integer(), nullable=False),
        sa.Column(
            "first_packet", situation.state.columns.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("last_packet", situation.state.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("counters", sa.JSON(), nullable=False),
        sa.Column(
            "replayed_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False
        ),
        sa.Column("event_store", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_cursor() -> None:
    op.create_table(
        "cursor",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lease_until", situation.state.columns.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def _create_drill() -> None:
    op.create_table(
        "drill",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("started_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", situation.state.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("drill_id", sa.String(), nullable=True),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("fact_sources", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("entities", sa.JSON(), nullable=False),
        sa.Column("host_ip", sa.String(), nullable=True),
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("first_seen", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "discovered_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False
        ),
        sa.Column("alert_count", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_outbox_message() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "delivered_at", situation.state.columns.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_pending", ["delivered_at", "id"], unique=False)


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("drill_id", sa.String(), nullable=True),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("detector_version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("source_ip", sa.String(), nullable=True),
        sa.Column("destination_ip", sa.String(), nullable=True),
        sa.Column("host_ip", sa.String(), nullable=True),
        sa.Column(
            "window_start", situation.state.columns.UtcDateTime(timezone=True), nullable=False
        ),
        sa.Column("window_end", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("first_seen", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("p_value", sa.Double(), nullable=True),
        sa.Column("technique", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("sentence_zh", sa.String(), nullable=False),
        sa.Column("sentence_en", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("evidence_dataset", sa.String(), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("indicators", sa.JSON(), nullable=False),
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("protection_level", sa.Integer(), nullable=True),
        sa.Column("cii", sa.Boolean(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=True),
        sa.Column("created_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index("ix_alert_queue", ["drill_id", "status", "last_seen"], unique=False)


def _create_login() -> None:
    op.create_table(
        "login",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("form_token", sa.String(), nullable=False),
        sa.Column("created_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )


def _create_notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("drill_id", sa.String(), nullable=True),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column(
            "receipt_due", situation.state.columns.UtcDateTime(timezone=True), nullable=False
        ),
        sa.Column(
            "feedback_due", situation.state.columns.UtcDateTime(timezone=True), nullable=False
        ),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("issued_at", situation.state.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.String(), nullable=True),
        sa.Column("created_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )


def _create_running_clock() -> None:
    op.create_table(
        "running_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("addressee_en", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("limit_minutes", sa.Integer(), nullable=False),
        sa.Column("started_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("met_at", situation.state.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
