"""Spools at the desk: those of replays, and all of them as an operator sees them."""
