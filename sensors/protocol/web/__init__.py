"""Protocols of the web."""
