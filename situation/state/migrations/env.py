"""Alembic's entry: runs the revisions over the connection that the store passes in."""

from alembic import context

from situation.state import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Alert.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
