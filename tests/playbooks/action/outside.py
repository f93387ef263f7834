"""Errands for actions outside: real means, no session."""

from playbooks.action.action import Errand, Outcome
from playbooks.action.means import Means
from tests.playbooks.action.scene import KEY, RUN, given
from tests.playbooks.intrusion import NOW


def ran(means: Means, name: str, said: dict[str, object], **changed: object) -> Outcome:
    """Perform an action outside; `changed` are fields of the errand."""
    action, parameters = given(name, **said)
    assert action.outside is not None
    fields: dict[str, object] = {
        "means": means,
        "key": KEY,
        "run_id": RUN,
        "object_id": "",
        "drill_id": None,
        "now": NOW,
    }
    return action.outside(Errand(**(fields | changed)), parameters)  # type: ignore[arg-type]
