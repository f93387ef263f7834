"""Protocols that a network is run by: addresses, time, management, calls."""
