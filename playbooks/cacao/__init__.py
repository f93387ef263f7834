"""Playbooks as documents: CACAO 2.0, and the YAML form that people write."""
