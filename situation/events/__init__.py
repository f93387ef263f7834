"""The EventStore: telemetry, append-only, behind one port with two adapters."""
