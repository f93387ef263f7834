"""The worker sends what is due, at least once and under one id, and keeps account of each try."""

import datetime as dt
import pathlib
import socket
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from playbooks.outbox.channel import Channels
from playbooks.outbox.claim import LEASE, claim
from playbooks.outbox.listing import attempts, counts, deliveries
from playbooks.outbox.redriving import redrive
from playbooks.outbox.worker import Delivered, deliver_due, turn
from playbooks.person import Person
from situation.clock import SetClock
from situation.faults import Conflict
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Contact, Delivery, DeliveryAttempt, Task
from tests.playbooks.outbox.post import (
    DAY,
    NOW,
    OWNER,
    add_contact,
    channels_of,
    of_channel,
    payload,
    post,
)
from tests.playbooks.outbox.servers import Mailbox, Receiver, Reply, mailing, receiving

SECOND = dt.timedelta(seconds=1)
LEAD = Person("陈一", "duty_lead")
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def _hook(server: Receiver, **changed: object) -> Channels:
    table = {"type": "webhook", "secret": SECRET, "allow_loopback": True, "hosts": ["127.0.0.1"]}
    return channels_of(webhook={**table, "url": server.url, **changed})


def _add(state: StateStore, server: Receiver, count: int = 1, **told: object) -> None:
    with state.transaction() as session:
        if session.scalar(sa.select(sa.func.count()).select_from(Contact)) == 0:
            add_contact(session, webhook=f"{server.url}/edu")
        for number in range(count):
            said = payload(f"第{number:03d}号")
            post(session, f"n{number}", said=said, **told)  # type: ignore[arg-type]


def _ids(server: Receiver) -> list[str]:
    return [one.headers["webhook-id"] for one in server.got]


def _only(state: StateStore) -> Delivery:
    (found,) = of_channel(state, "webhook")
    return found


def test_what_is_due_is_sent_and_written_down(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    _add(either_state, server)
    assert deliver_due(either_state, _hook(server), clock, owner=OWNER) == Delivered(delivered=1)
    assert deliver_due(either_state, _hook(server), clock, owner=OWNER) == Delivered()
    one = _only(either_state)
    assert (one.state, one.attempts, one.delivered_at) == ("delivered", 1, NOW)
    assert _ids(server) == [one.id]
    with either_state.reading() as session:
        (tried,) = attempts(session, one.id)
        assert (tried.outcome, tried.status, tried.error) == ("delivered", 200, "")
        audited = session.scalars(sa.select(AuditLine.action)).all()
    assert audited == ["delivery.deliver"]


def test_a_failure_is_tried_again_with_longer_waits(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    server.answer = lambda _: Reply(500)
    _add(either_state, server)
    waits = []
    for _ in range(7):
        assert deliver_due(either_state, _hook(server), clock, owner=OWNER).again == 1
        due = _only(either_state).next_try_at
        waits.append((due - clock.now()).total_seconds())
        clock.advance(due - clock.now() - SECOND)
        assert deliver_due(either_state, _hook(server), clock, owner=OWNER) == Delivered()
        clock.advance(SECOND)
    for wait, step in zip(waits, (5, 30, 120, 600, 3600, 18000, 18000), strict=True):
        assert step <= wait <= step * 1.25
    assert len(set(_ids(server))) == 1


def test_the_other_side_says_when(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    server.answer = lambda _: Reply(503, {"Retry-After": "900"})
    _add(either_state, server)
    deliver_due(either_state, _hook(server), clock, owner=OWNER)
    assert _only(either_state).next_try_at == NOW + dt.timedelta(minutes=15)


def test_a_limit_rests_the_channel_and_counts_no_try(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    server.answer = lambda _: Reply(429, {"Retry-After": "60"})
    _add(either_state, server)
    assert deliver_due(either_state, _hook(server), clock, owner=OWNER).again == 1
    server.answer = lambda _: Reply()
    _add(either_state, server, 2, occasion="overdue")
    clock.advance(SECOND * 59)
    assert deliver_due(either_state, _hook(server), clock, owner=OWNER).waiting == 2
    assert len(server.got) == 1
    clock.advance(SECOND * 10)
    assert deliver_due(either_state, _hook(server), clock, owner=OWNER).delivered == 3
    first = min(of_channel(either_state, "webhook"), key=lambda one: one.occasion != "issue")
    assert (first.occasion, first.attempts, first.state) == ("issue", 1, "delivered")


def test_an_address_that_is_gone_is_taken_from_the_directory(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    server.answer = lambda _: Reply(410)
    _add(either_state, server, 2)
    done = deliver_due(either_state, _hook(server), clock, owner=OWNER)
    assert done.dead >= 1
    assert {one.state for one in of_channel(either_state, "webhook")} == {"dead"}
    with either_state.reading() as session:
        assert session.scalars(sa.select(Contact.addresses)).all() == [{}]
        tasks = session.scalars(sa.select(Task)).all()
        assert {task.kind for task in tasks} == {"deliver_failed"}
        assert len(tasks) == 2


def test_a_dead_letter_is_a_task_until_it_is_sent_after_all(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    server.answer = lambda _: Reply(500)
    _add(either_state, server)
    deliver_due(either_state, _hook(server), clock, owner=OWNER)
    clock.advance(DAY)
    for _ in range(2):
        deliver_due(either_state, _hook(server), clock, owner=OWNER)
    one = _only(either_state)
    assert (one.state, one.last_error, len(server.got)) == ("dead", "status 500", 1)
    with either_state.transaction() as session:
        assert [task.state for task in session.scalars(sa.select(Task))] == ["open"]
        redrive(session, [one.id], by=LEAD, now=clock.now())
    server.answer = lambda _: Reply()
    assert deliver_due(either_state, _hook(server), clock, owner=OWNER).delivered == 1
    assert set(_ids(server)) == {one.id}
    assert _only(either_state).attempts == 2
    with either_state.reading() as session:
        assert [task.state for task in session.scalars(sa.select(Task))] == ["done"]
        redriven = sa.select(AuditLine.actor).where(AuditLine.action == "delivery.redrive")
        assert session.scalars(redriven).all() == ["陈一"]


def test_what_is_not_dead_is_not_sent_again(either_state: StateStore, server: Receiver) -> None:
    _add(either_state, server)
    with pytest.raises(Conflict), either_state.transaction() as session:
        redrive(session, [_only(either_state).id], by=LEAD, now=NOW)
    with pytest.raises(Conflict), either_state.transaction() as session:
        redrive(session, ["none"], by=LEAD, now=NOW)


def test_a_channel_that_is_not_set_up_is_skipped_and_counted(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    with either_state.transaction() as session:
        add_contact(session, mail="a@edu.example", phone="13800000001")
        post(session)
    assert deliver_due(either_state, _hook(server), clock, owner=OWNER) == Delivered(skipped=2)
    with either_state.reading() as session:
        found = counts(session)
        assert (found["skipped"], found["delivered"], found["pending"]) == (2, 1, 0)
        assert len(deliveries(session, state="skipped", limit=1)) == 1


def test_a_worker_that_died_while_sending_repeats_under_the_same_id(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    _add(either_state, server)
    channels = _hook(server)
    with either_state.transaction() as session:
        assert len(claim(session, channels, OWNER, clock.now()).parcels) == 1
    assert deliver_due(either_state, channels, clock, owner="worker-2") == Delivered()
    assert deliver_due(either_state, channels, clock, owner=OWNER).delivered == 1
    assert _ids(server) == [_only(either_state).id]


def test_one_process_delivers_from_a_folder_under_a_name_that_stays(tmp_path: pathlib.Path) -> None:
    with turn(tmp_path / "data") as name:
        with pytest.raises(Conflict, match="another process"), turn(tmp_path / "data"):
            pass
        with turn(tmp_path / "other") as other:
            assert other != name
    with turn(tmp_path / "data") as again:
        assert again == name


def test_a_lease_that_ran_out_is_anybody_s(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    _add(either_state, server)
    with either_state.transaction() as session:
        claim(session, _hook(server), OWNER, clock.now())
    clock.advance(LEASE + SECOND)
    assert deliver_due(either_state, _hook(server), clock, owner="worker-2").delivered == 1


def test_two_workers_share_the_work(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    _add(either_state, server, 40)
    channels, done = _hook(server, per_minute=600), Counter[str]()

    def work(owner: str) -> None:
        done[owner] = deliver_due(either_state, channels, clock, owner=owner).delivered

    threads = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with either_state.reading() as session:
        tries = session.scalars(sa.select(DeliveryAttempt.error)).all()
    assert (done.total(), Counter(tries)) == (40, {"": 40})
    assert Counter(_ids(server)).most_common(1)[0][1] == 1


def test_more_than_the_pace_allows_leaves_as_a_digest(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    channels = _hook(server, per_minute=6)
    _add(either_state, server, 12)
    with either_state.transaction() as session:
        post(session, "urgent", urgent=True, said=payload("急号"))
    done = deliver_due(either_state, channels, clock, owner=OWNER)
    assert done == Delivered(delivered=13)
    urgent, digest = (one.body.decode() for one in server.got)
    if "急号" in digest:
        urgent, digest = digest, urgent
    assert urgent.count('"number"') == 1
    assert digest.count('"number"') == 12
    found = of_channel(either_state, "webhook")
    assert Counter(one.state for one in found) == {"delivered": 2, "digested": 11}
    carriers = {one.digest_id for one in found if one.state == "digested"}
    assert len(carriers) == 1
    assert carriers <= set(_ids(server))


def test_a_digest_that_was_under_way_leaves_as_it_was(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    channels = _hook(server, per_minute=6)
    _add(either_state, server, 5)
    with either_state.transaction() as session:
        (parcel,) = claim(session, channels, OWNER, clock.now()).parcels
    clock.advance(DAY / 2)
    _add(either_state, server, 1, occasion="overdue", now=clock.now())
    assert deliver_due(either_state, channels, clock, owner=OWNER).delivered == 6
    sent = {one.headers["webhook-id"]: one.body.count(b'"number"') for one in server.got}
    assert sent[parcel.carrier.id] == 5
    assert sorted(sent.values()) == [1, 5]


def test_a_digest_that_fails_for_good_is_one_task_for_each(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    server.answer = lambda _: Reply(400)
    _add(either_state, server, 5)
    done = deliver_due(either_state, _hook(server, per_minute=6), clock, owner=OWNER)
    assert done == Delivered(dead=5)
    with either_state.reading() as session:
        assert len(session.scalars(sa.select(Task)).all()) == 5


@pytest.mark.parametrize("seconds", [2, 20])
def test_no_minute_sees_more_than_the_pace(
    either_state: StateStore, server: Receiver, clock: SetClock, seconds: int
) -> None:
    sent: list[dt.datetime] = []
    channels = _hook(server, per_minute=18)
    with either_state.transaction() as session:
        add_contact(session, webhook=f"{server.url}/edu")
        for number in range(40):
            post(session, f"n{number}", urgent=True)
    while len(sent) < 40:
        deliver_due(either_state, channels, clock, owner=OWNER)
        sent += [clock.now()] * (len(server.got) - len(sent))
        clock.advance(SECOND * seconds)
    for at in sent:
        assert sum(at <= other < at + SECOND * 60 for other in sent) <= 18


@pytest.fixture
def guarded_sockets(monkeypatch: pytest.MonkeyPatch, server: Receiver) -> list[object]:
    """Refuse every connection but that to the server of the drill, and keep account of them."""
    tried: list[object] = []
    real = socket.create_connection

    def guarding(address: tuple[str, int], *rest: object) -> socket.socket:
        tried.append(address)
        assert address == ("127.0.0.1", server.port), f"a drill reached for {address}"
        return real(address, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", guarding)
    return tried


def test_a_drill_reaches_nobody_but_the_address_of_drills(
    either_state: StateStore, server: Receiver, clock: SetClock, guarded_sockets: list[object]
) -> None:
    table = {"type": "webhook", "secret": SECRET, "allow_loopback": True}
    real = {**table, "url": "https://192.0.2.1/real"}
    sms = {"type": "sms", "url": "https://192.0.2.1/sms", "body": {"p": "{phone}"}}
    mail = {"type": "mail", "host": "192.0.2.1", "sender": "soc@city.example"}
    drilling = {"drill": True, "drill_address": f"{server.url}/drill"}
    robot = {"type": "wecom", "token": "synthetic-token", "url": "https://192.0.2.1"}
    channels = channels_of(webhook={**real, **drilling}, wecom=robot, sms=sms, mail=mail)
    with either_state.transaction() as session:
        add_contact(
            session,
            mail="a@edu.example",
            phone="13800000001",
            webhook="https://192.0.2.1/edu",
            wecom="https://192.0.2.1/robot",
        )
        for number in range(3):
            post(session, f"n{number}", drill_id="d1")
    done = deliver_due(either_state, channels, clock, owner=OWNER)
    assert done == Delivered(delivered=3, skipped=9)
    assert {one.path for one in server.got} == {"/drill"}
    assert len(guarded_sockets) == 3
    assert all(b'"drill": true' in one.body for one in server.got)


def test_a_drill_leaves_by_the_channel_of_drills_of_the_same_type(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    table = {"type": "webhook", "secret": SECRET, "allow_loopback": True}
    real = {**table, "url": f"{server.url}/real"}
    exercise = {**table, "url": f"{server.url}/drill", "drill": True}
    channels = channels_of(webhook=real, exercise=exercise)
    with either_state.transaction() as session:
        add_contact(session, webhook=f"{server.url}/edu", exercise=f"{server.url}/drill")
        post(session, drill_id="d1")
        post(session, "n2")
    done = deliver_due(either_state, channels, clock, owner=OWNER)
    # Two of the drill by either name; of the real ones what names the channel of drills stays.
    assert done == Delivered(delivered=3, skipped=1)
    assert sorted(one.path for one in server.got) == ["/drill", "/drill", "/edu"]


def test_a_drill_and_the_real_thing_are_never_in_one_message(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    drilling = {"drill": True, "drill_address": f"{server.url}/drill", "per_minute": 9}
    channels = _hook(server, **drilling)
    _add(either_state, server, 5)
    with either_state.transaction() as session:
        for number in range(5):
            post(session, f"d{number}", drill_id="d1", said=payload(f"演练第{number}号"))
    while deliver_due(either_state, channels, clock, owner=OWNER) != Delivered():
        clock.advance(SECOND * 20)
    assert {one.state for one in of_channel(either_state, "webhook")} <= {"delivered", "digested"}
    for one in server.got:
        is_drill = one.path == "/drill"
        assert ("演练第" in one.body.decode()) is is_drill
        assert (b'"drill": true' in one.body) is is_drill


def test_neither_secrets_nor_answers_are_kept(
    either_state: StateStore, server: Receiver, clock: SetClock
) -> None:
    server.answer = lambda _: Reply(500, {}, b"internal: database password is hunter2")
    _add(either_state, server)
    deliver_due(either_state, _hook(server), clock, owner=OWNER)
    with either_state.reading() as session:
        one = _only(either_state)
        kept = [one.last_error, *(tried.error for tried in attempts(session, one.id))]
    assert kept == ["status 500", "status 500"]


def test_many_mails_leave_side_by_side(either_state: StateStore, clock: SetClock) -> None:
    table = {
        "type": "mail",
        "host": "127.0.0.1",
        "sender": "soc@city.example",
        "tls": "none",
        "allow_loopback": True,
    }
    with mailing(Mailbox(pause_seconds=0.05)) as mailbox:
        channels = channels_of(mail={**table, "port": mailbox.port})
        with either_state.transaction() as session:
            for number in range(30):
                name = f"示例第{number:02d}局"
                add_contact(session, department=name, mail=f"d{number}@gov.example")
                post(session, department=name)
        done = deliver_due(either_state, channels, clock, owner=OWNER)
        assert done == Delivered(delivered=30)
        assert len({to for to, _ in mailbox.got}) == len(mailbox.got) == 30
