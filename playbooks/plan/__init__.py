"""The emergency plan as data: TOML files with a source on every row, and their models."""
