"""Rules over flows and DNS messages."""
