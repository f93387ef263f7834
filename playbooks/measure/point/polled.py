"""A point that firewalls poll: the console serves its list, see `soc_api.web.page.export`.

It holds what the last poll fetched. Nobody can be made to poll, so a change waits for it.
"""

import hashlib
from dataclasses import dataclass

from playbooks.measure.form.listing import FORMS
from playbooks.measure.point.point import Task
from situation.faults import Unavailable
from situation.settings import PointSettings
from situation.state.store import StateStore
from situation.state.tables import PointPoll


@dataclass(frozen=True, slots=True)
class PolledPoint:
    """Looks at what was fetched last."""

    name: str
    settings: PointSettings
    state: StateStore

    def hold(self, task: Task) -> bool:
        """See that the list was fetched as it is now; see `Point.hold`."""
        if not task.is_new:
            return False
        wanted = hashlib.sha256(FORMS[self.settings.format].whole(task.entries)).hexdigest()
        with self.state.reading() as session:
            poll = session.get(PointPoll, self.name)
        if poll is None or poll.sha256 != wanted:
            raise Unavailable("no firewall has fetched the list since", where=self.name)
        return True
