"""What a worker holds at once is little, and each channel has a share of it."""

from collections import Counter

from playbooks.outbox.claim import HELD, claim, is_due
from situation.state.store import StateStore
from tests.playbooks.outbox.post import DAY, NOW, OWNER, add_contact, channels_of, post

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
HOOK = {"type": "webhook", "secret": SECRET, "url": "https://hook.example/"}


def test_a_channel_with_much_to_do_leaves_room_for_the_others(either_state: StateStore) -> None:
    channels = channels_of(one=HOOK, other=HOOK)
    with either_state.transaction() as session:
        add_contact(session, one="x", other="y")
        for number in range(50):
            post(session, f"n{number}")
        assert is_due(session, NOW)
    with either_state.transaction() as session:
        held = claim(session, channels, OWNER, NOW)
    assert Counter(one.carrier.channel for one in held.parcels) == {
        "one": HELD // 2,
        "other": HELD // 2,
    }
    with either_state.transaction() as session:
        assert len(claim(session, channels, "worker-2", NOW).parcels) == HELD


def test_each_url_of_a_contact_has_a_pace_of_its_own(either_state: StateStore) -> None:
    channels = channels_of(hook={**HOOK, "per_minute": 2})
    with either_state.transaction() as session:
        for number in range(5):
            name = f"示例第{number}局"
            add_contact(session, department=name, hook=f"https://hook.example/{number}")
            post(session, department=name)
    with either_state.transaction() as session:
        assert len(claim(session, channels, OWNER, NOW).parcels) == 5


def test_with_nothing_due_there_is_nothing_to_do(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        assert not is_due(session, NOW)
        add_contact(session, mail="a@edu.example")
        post(session, now=NOW + DAY)
        assert not is_due(session, NOW)
        assert claim(session, channels_of(), OWNER, NOW).parcels == ()
