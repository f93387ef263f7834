"""Protocols of small devices and their brokers."""
