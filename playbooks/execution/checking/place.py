"""How a fault names the place that it is in."""

from playbooks.cacao.playbook import Step


def at(step: Step, fault: str) -> str:
    """Return a fault with the name and the id of its step."""
    return f"{step.name.zh or step.kind.value} ({step.id}): {fault}"
