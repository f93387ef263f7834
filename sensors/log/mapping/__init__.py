"""Mappings: a new source of logs is one TOML file, no code."""
