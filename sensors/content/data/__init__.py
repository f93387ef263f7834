"""Readers of files that hold tables."""
