"""Delivery: from the spool into the event store, under every fault."""
