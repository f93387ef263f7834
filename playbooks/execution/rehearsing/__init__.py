"""Dry runs: a walk through a playbook that does nothing and says what would be done."""
