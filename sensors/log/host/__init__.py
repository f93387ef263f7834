"""Logs that hosts write of themselves."""
