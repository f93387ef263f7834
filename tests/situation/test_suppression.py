"""Which alerts a suppression hides, and which suppressions are in force."""

import itertools

import sqlalchemy as sa

from situation.state.store import StateStore
from situation.state.tables import Alert
from situation.suppression import hidden, hides, in_force
from tests.playbooks.intrusion import ATTACKER, FRONT_END, NOW, alert, put
from tests.playbooks.suppressing import DAY, SCANNER, begun, row

_HOSTS = (SCANNER, FRONT_END, ATTACKER)
_SEEN = tuple(itertools.product(("scan", "beacon"), (None, *_HOSTS), (None, *_HOSTS)))


def test_a_row_at_hand_and_the_database_say_the_same(either_state: StateStore) -> None:
    alerts = [
        alert("scan", number, detector=detector, host_ip=host, source_ip=source)
        for number, (detector, host, source) in enumerate(_SEEN)
    ]
    put(either_state, alerts)
    for detector, host in itertools.product(("", "scan"), _HOSTS):
        with either_state.reading() as session:
            wanted = sa.select(Alert.id).where(hidden(detector, host))
            in_database = set(session.scalars(wanted))
        wished = row(detector=detector, host=host)
        assert {one.id for one in alerts if hides(wished, one)} == in_database
        assert in_database


def test_those_in_force_come_in_the_order_in_which_they_began(either_state: StateStore) -> None:
    begun(either_state, row("late", since=NOW - DAY), row("early", since=NOW - 2 * DAY))
    begun(either_state, row("gone", ended_at=NOW), row("to come", since=NOW + DAY))
    with either_state.transaction() as session:
        assert [one.id for one in in_force(session, None, NOW)] == ["early", "late"]
