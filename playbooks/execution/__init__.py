"""The executor: runs as rows, one step after the other, each effect once."""
