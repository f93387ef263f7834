"""Columns: what the columns of a table hold, judged by heading and cells together."""
