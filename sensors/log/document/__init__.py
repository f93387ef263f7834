"""Documents: JSON objects, one a line, become columns by a plan."""
