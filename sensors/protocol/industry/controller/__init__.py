"""Protocols that makers brought with their controllers."""
