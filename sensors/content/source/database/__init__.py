"""Databases as a source: every table of every schema, sampled by a session that cannot write."""

from sensors.content.source.database.source import DatabaseSource

__all__ = ["DatabaseSource"]
