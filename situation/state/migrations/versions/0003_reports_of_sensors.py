"""Reports of sensors."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import situation.state.columns

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "sensor_report",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "reported_at", situation.state.columns.UtcDateTime(timezone=True), nullable=False
        ),
        sa.Column("status", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("sensor_report")
