"""The deep path: payloads that the meter kept become records of application protocols."""
