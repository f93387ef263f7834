"""Reads of the classified-data scan: the data map, findings, runs, rules, the catalogue."""
