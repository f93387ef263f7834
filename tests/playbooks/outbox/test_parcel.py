"""Which deliveries travel together, whatever waits."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from playbooks.outbox.parcel import DIGEST_SIZE, Parcel, packed
from situation.state.tables import Delivery
from tests.playbooks.outbox.test_message import delivery


@dataclasses.dataclass(frozen=True)
class Kind:
    urgent: bool
    drill: bool
    tried: bool
    recipient: str


KINDS = st.lists(
    st.builds(Kind, st.booleans(), st.booleans(), st.booleans(), st.sampled_from("ABC")),
    max_size=80,
)


def _waiting(kinds: list[Kind]) -> list[Delivery]:
    made = []
    for serial, kind in enumerate(kinds):
        one = delivery(serial)
        one.urgent, one.recipient = kind.urgent, kind.recipient
        one.drill_id = "d1" if kind.drill else None
        one.attempts, one.owner = int(kind.tried), None
        made.append(one)
    return made


@given(KINDS, st.integers(min_value=0, max_value=90))
def test_nothing_gets_lost_or_doubled_and_no_token_is_overdrawn(
    kinds: list[Kind], tokens: int
) -> None:
    deliveries = _waiting(kinds)
    leaving, waiting = packed([Parcel(one) for one in deliveries], tokens)
    assert len(leaving) <= max(tokens, 0)
    found = [one.id for parcel in (*leaving, *waiting) for one in (parcel.carrier, *parcel.others)]
    assert sorted(found) == sorted(one.id for one in deliveries)


@given(KINDS, st.integers(min_value=0, max_value=90))
def test_a_digest_is_of_one_recipient_and_never_mixes(kinds: list[Kind], tokens: int) -> None:
    leaving, waiting = packed([Parcel(one) for one in _waiting(kinds)], tokens)
    for parcel in (*leaving, *waiting):
        if not parcel.others:
            continue
        inside = (parcel.carrier, *parcel.others)
        assert len(inside) <= DIGEST_SIZE
        assert len({(one.recipient, one.drill_id) for one in inside}) == 1
        assert not any(one.urgent or one.attempts for one in inside)


@given(KINDS)
def test_with_tokens_enough_each_leaves_alone(kinds: list[Kind]) -> None:
    deliveries = _waiting(kinds)
    leaving, waiting = packed([Parcel(one) for one in deliveries], len(deliveries))
    assert [parcel.others for parcel in leaving] == [()] * len(deliveries)
    assert waiting == []


def test_urgent_ones_go_first() -> None:
    kinds = [Kind(urgent, drill=False, tried=False, recipient="A") for urgent in (False, True) * 5]
    leaving, _ = packed([Parcel(one) for one in _waiting(kinds)], 5)
    assert all(parcel.carrier.urgent for parcel in leaving)
