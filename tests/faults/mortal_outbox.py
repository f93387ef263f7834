"""A program that issues notices and delivers them, and that is killed at the step it is told.

For each line on its input, ids of notices and a step in JSON, it forks a process that does the
work, and answers how that ended: 0 by itself, -9 by a death as of a power cut. Step 0 is none.
"""

import contextlib
import datetime as dt
import json
import os
import pathlib
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from playbooks.notice.acts import issue
from playbooks.outbox.channel import Channel, Channels
from playbooks.outbox.message import Message
from playbooks.outbox.opening import open_channels
from playbooks.outbox.outcome import Outcome
from playbooks.outbox.worker import deliver_due
from playbooks.plan import load_plan
from situation.clock import SystemClock
from situation.settings import read_settings
from situation.state.store import StateStore, open_state_store
from situation.state.tables import Notice
from tests.playbooks.notice.desk import LEAD
from tests.playbooks.outbox.post import OWNER

PLAN = load_plan()


class Life:
    """Counts the boundaries between two steps and ends the process at one of them."""

    def __init__(self, steps: int) -> None:
        self._left = steps
        self._lock = threading.Lock()

    def step(self) -> None:
        """Pass a boundary, or die there."""
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalState(StateStore):
    """A store that may die with all written and nothing committed, and just after the commit."""

    def __init__(self, store: StateStore, life: Life) -> None:
        super().__init__(store.engine)
        self._life = life

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session as the store does."""
        with super().transaction() as session:
            yield session
            session.flush()
            self._life.step()
        self._life.step()


@dataclass(frozen=True, slots=True)
class MortalChannel:
    """A channel that may die before it sends, and after it sent before anybody knows."""

    inner: Channel
    life: Life

    def send(self, message: Message, address: str, now: dt.datetime) -> Outcome:
        """Send as the channel does."""
        self.life.step()
        outcome = self.inner.send(message, address, now)
        self.life.step()
        return outcome


def work(store: StateStore, channels: Channels, notices: Sequence[str], life: Life) -> None:
    """Issue those notices that are not yet, then deliver in one pass."""
    state, clock = MortalState(store, life), SystemClock()
    routes = {
        name: replace(route, channel=MortalChannel(route.channel, life))
        for name, route in channels.routes.items()
    }
    for notice_id in notices:
        with state.reading() as session:
            notice = session.get_one(Notice, notice_id)
        if notice.status == "sign_off":
            with state.transaction() as session:
                version, now = notice.version, clock.now()
                issue(session, PLAN, notice_id, by=LEAD, expected_version=version, now=now)
    deliver_due(state, replace(channels, routes=routes), clock, owner=OWNER)


def _forked(config: pathlib.Path, notices: Sequence[str], step: int) -> int:
    child = os.fork()
    if child == 0:
        settings = read_settings(config)
        store = open_state_store(settings.state_url)
        work(store, open_channels(settings), notices, Life(step))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main(config: pathlib.Path) -> None:
    """Do one line after the other until there is none."""
    for line in sys.stdin:
        said = json.loads(line)
        sys.stdout.write(f"{_forked(config, said['notices'], said['step'])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
