"""The emergency plan as data: TOML files with a source on every row, and their models."""

from playbooks.plan.document import Plan, load_plan

__all__ = ["Plan", "load_plan"]
