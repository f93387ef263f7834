"""Killed at each step of issuing and delivering: nothing is lost, each effect is there once."""

import collections
import json
import pathlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from situation.clock import SystemClock
from situation.state.store import StateStore
from situation.state.tables import AuditLine, ChannelPace, Delivery, Notice
from tests.faults.site import soak
from tests.playbooks.notice.desk import ANALYST, LEAD, course_of
from tests.playbooks.outbox.post import DEPARTMENT, add_contact
from tests.playbooks.outbox.servers import Mailbox, Receiver, mailing, receiving

KILLS = soak(20, 300)
NOTICES = 5
"""Notices of a round: more than the slow channel sends at once, so that it makes a digest."""
STRIDE = soak(5, 1)
"""Steps from one kill to the next; a round has some eighty."""
PROJECT = pathlib.Path(__file__).parents[2]
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
WAYS = ("wang@edu.example", "/wang", "/li", "/slow")
"""Where each notice arrives: mail, two webhooks, and one that is slow and digests."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The receivers: what they got is told apart by the ids that they know repeats by."""

    hook: Receiver
    mailbox: Mailbox

    def effects(self) -> dict[tuple[str, str], set[str]]:
        """Return the ids by way (channel and address) and number of the notice."""
        found: dict[tuple[str, str], set[str]] = collections.defaultdict(set)
        for got in list(self.hook.got):
            for item in json.loads(got.body)["data"]["items"]:
                found[got.path, item["number"]].add(got.headers["webhook-id"])
        for to, mail in list(self.mailbox.got):
            found[to, mail["Subject"].split()[1]].add(mail["Message-ID"])
        return found


@pytest.fixture
def outside() -> Iterator[Outside]:
    with receiving() as hook, mailing(Mailbox()) as mailbox:
        yield Outside(hook, mailbox)


def _settings(folder: pathlib.Path, state: StateStore, outside: Outside) -> pathlib.Path:
    hook: dict[str, object] = {"type": "webhook", "url": outside.hook.url, "allow_loopback": True}
    hook["secret_file"] = str(folder / "secret")
    mail = {"type": "mail", "host": "127.0.0.1", "port": outside.mailbox.port, "tls": "none"}
    tables: dict[str, dict[str, object]] = {
        "store": {"state": state.engine.url.render_as_string(hide_password=False)},
        "channels.webhook": hook,
        "channels.slow": {**hook, "per_minute": 6},
        "channels.mail": {**mail, "sender": "soc@city.example", "allow_loopback": True},
    }
    lines = [
        line
        for name, table in tables.items()
        for line in (f"[{name}]", *(f"{key} = {json.dumps(table[key])}" for key in table))
    ]
    (folder / "secret").write_text(SECRET)
    (folder / "citywatch.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder / "citywatch.toml"


@pytest.fixture
def program(
    tmp_path: pathlib.Path, either_state: StateStore, outside: Outside
) -> Iterator["subprocess.Popen[str]"]:
    """The program, with a department whose contacts have an address by each way."""
    with either_state.transaction() as session:
        url = outside.hook.url
        add_contact(session, "王联络", mail="wang@edu.example", webhook=f"{url}/wang")
        add_contact(session, "李联络", webhook=f"{url}/li", slow=f"{url}/slow")
    command = [sys.executable, "-m", "tests.faults.mortal_outbox"]
    with subprocess.Popen(
        [*command, str(_settings(tmp_path, either_state, outside))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as running:
        yield running
        assert running.stdin is not None
        running.stdin.close()


def _signed_off(state: StateStore) -> list[Notice]:
    now = SystemClock().now()
    courses = [course_of(state, department=DEPARTMENT, now=now) for _ in range(NOTICES)]
    for course in courses:
        course.act("submit", ANALYST, now)
        course.act("judge", LEAD, now, level=3, hazard_level="high")
        course.act("propose", LEAD, now)
    return [course.notice for course in courses]


def _done(program: "subprocess.Popen[str]", notices: list[Notice], step: int) -> int:
    assert program.stdin is not None
    assert program.stdout is not None
    line = {"notices": [notice.id for notice in notices], "step": step}
    program.stdin.write(json.dumps(line) + "\n")
    program.stdin.flush()
    return int(program.stdout.readline())


def _fill_buckets(state: StateStore) -> None:
    with state.transaction() as session:
        session.execute(sa.delete(ChannelPace))


def test_a_worker_killed_at_any_step_doubles_nothing_and_loses_nothing(
    program: "subprocess.Popen[str]", either_state: StateStore, outside: Outside
) -> None:
    kills = began = step = 0
    numbers: list[str] = []
    while kills < KILLS:
        step += STRIDE
        _fill_buckets(either_state)
        notices = _signed_off(either_state)
        numbers += [notice.number for notice in notices]
        if _done(program, notices, step) == 0:
            began = step = began + 1
            continue
        kills += 1
        # The next process takes it up at once, in its first pass, and needs no lease to run out.
        assert _done(program, notices, 0) == 0
    _is_whole(either_state, outside, numbers)


def _is_whole(state: StateStore, outside: Outside, numbers: list[str]) -> None:
    effects = outside.effects()
    wanted = {(way, number) for way in WAYS for number in numbers}
    assert set(effects) == wanted
    assert {key: ids for key, ids in effects.items() if len(ids) > 1} == {}
    with state.reading() as session:
        states = collections.Counter(
            session.scalars(sa.select(Delivery.state).where(Delivery.recipient != DEPARTMENT))
        )
        audited = collections.Counter(session.scalars(sa.select(AuditLine.action)))
        issued = session.scalars(sa.select(Notice.status)).all()
    assert set(states) == {"delivered", "digested"}
    assert states.total() == audited["delivery.deliver"] == len(wanted)
    assert audited["notice.issue"] == len(numbers)
    assert issued == ["issued"] * len(numbers)
