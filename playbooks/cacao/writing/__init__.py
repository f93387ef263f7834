"""The YAML form that people write: its text, and what may stand in it."""
