"""Log sensors: lines of any source become columns."""
