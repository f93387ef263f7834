"""A worker of the jobs that is killed at the step it is told, as `mortal_outbox` is.

For each line on its input, the number of a step, it forks a process that does the slots that are
due, and answers how that ended: 0 by itself, -9 by a death as of a power cut. Step 0 is none.
"""

import os
import pathlib
import sys
from collections.abc import Mapping

from playbooks.schedule.claim import Slot
from playbooks.schedule.working import work_due
from situation.clock import SystemClock
from situation.state.store import open_state_store
from tests.faults.mortal_clock import JOBS
from tests.faults.mortal_outbox import Life, MortalState


def _work(url: str, folder: pathlib.Path, life: Life) -> None:
    state = MortalState(open_state_store(url), life)

    def do(slot: Slot) -> Mapping[str, int]:
        life.step()
        # A receiver that knows a repeat by its key, and counts how often it was told.
        with (folder / f"{slot.job.name} {slot.at.isoformat()}").open("a") as told:
            told.write(f"{slot.attempt}\n")
        life.step()
        return {"told": 1}

    work_due(state, JOBS, SystemClock(), owner="worker", do=do)


def main(url: str, folder: pathlib.Path) -> None:
    """Do one line after the other until there is none."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _work(url, folder, Life(int(line)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
