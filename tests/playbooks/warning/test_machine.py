"""The states of a warning: a table that no act gets around."""

import itertools

import pytest

from playbooks.machine import Refusal
from playbooks.warning.machine import WARNING

LEGAL = {
    ("draft", "issue"): "issued",
    ("draft", "propose"): "proposed",
    ("draft", "drop"): "dropped",
    ("proposed", "adopt"): "issued",
    ("proposed", "drop"): "dropped",
    ("issued", "lift"): "lifted",
}
ACTS = ("issue", "propose", "adopt", "lift", "drop")


@pytest.mark.parametrize(("state", "act"), list(itertools.product(sorted(WARNING.states), ACTS)))
def test_an_act_leads_where_the_table_says_or_is_refused(state: str, act: str) -> None:
    if (state, act) in LEGAL:
        assert WARNING.after(state, act) == LEGAL[state, act]
        return
    with pytest.raises(Refusal) as refusal:
        WARNING.after(state, act)
    assert refusal.value.code == "illegal"


def test_nothing_leads_out_of_the_end() -> None:
    assert WARNING.terminal == {"lifted", "dropped"}
    assert [WARNING.acts(state) for state in sorted(WARNING.terminal)] == [(), ()]
