"""A clock of its own process, as many as one likes on one database, to be killed at any time."""

import sys
import threading

from playbooks.plan import load_plan
from playbooks.schedule.clock import keep_clock
from playbooks.schedule.job import JobRow
from playbooks.schedule.timing import Every
from situation.clock import SystemClock
from situation.faults import Fault
from situation.state.store import open_state_store

JOBS = tuple(
    JobRow(
        name=f"tick-{number:02d}",
        zh="滴答",
        en="Tick",
        timing=Every(1),
        rule="catch_up",
        lane="quick",
        audited=False,
    )
    for number in range(20)
)
"""Twenty slots a second."""


class Voice:
    """Says what ails the clock on standard error."""

    def ill(self, fault: Fault) -> None:
        """Say a fault."""
        sys.stderr.write(f"{fault}\n")

    def well(self) -> None:
        """Say nothing."""


def main(url: str, owner: str) -> None:
    """Keep the clock until somebody kills it."""
    state = open_state_store(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    stop = threading.Event()
    keep_clock(state, JOBS, load_plan(), SystemClock(), stop=stop, owner=owner, voice=Voice())


if __name__ == "__main__":
    main(*sys.argv[1:])
