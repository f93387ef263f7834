"""Findings of the classified-data scan: kept, sent to their department, closed by a re-scan."""
