"""Readiness: what stands against publishing a playbook. A run then meets no such surprise."""

from collections.abc import Callable, Mapping

from playbooks.action.action import Action
from playbooks.cacao.playbook import Playbook
from playbooks.execution.checking.call import call_faults
from playbooks.execution.checking.flow import flow_faults
from playbooks.execution.checking.plan_fit import plan_faults
from playbooks.execution.checking.value import value_faults
from playbooks.plan import Plan


def faults_of(
    playbook: Playbook,
    *,
    actions: Mapping[str, Action],
    plan: Plan,
    knows: Callable[[str], bool],
) -> list[str]:
    """Return every fault with its place, none for a playbook that can be published.

    `knows` tells whether a playbook of that CACAO id is published.
    """
    return [
        *flow_faults(playbook, knows),
        *call_faults(playbook, actions, plan),
        *value_faults(playbook),
        *plan_faults(playbook, plan),
    ]
