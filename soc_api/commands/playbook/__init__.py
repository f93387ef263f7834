"""`citywatch playbook`: what stands on the shelf, what would happen, what runs."""

from soc_api.commands.playbook import approvals, runs
from soc_api.commands.playbook.shelf import app

__all__ = ["app", "approvals", "runs"]
