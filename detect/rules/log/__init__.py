"""Rules over log events."""
