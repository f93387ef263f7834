"""All that is sent to one sensor by file, HTTP and TCP, and whether its store holds it."""

import pathlib

from situation.faults import Unavailable
from situation.sensor_status import SensorStatus
from tests.faults.senders import Caller, Pusher, Sender, Writer
from tests.faults.site import Site, files, free_ports, push, syslog, until
from tests.faults.sums import ALL, originals


class Load:
    """Three senders, the inputs that they need, and what the sensors said of these."""

    def __init__(self, folder: pathlib.Path, seed: int) -> None:
        self.seed = seed
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.push_port, self._syslog_port = free_ports(2)
        self.inputs = {
            "files": files(self.logs),
            "push": push(folder, self.push_port),
            "tcp": syslog(self._syslog_port),
        }
        self.writer = Writer(self.logs, seed)
        self.pusher = Pusher(self.push_port, seed)
        self.caller = Caller(self._syslog_port, seed)
        self._reports: dict[str, SensorStatus] = {}

    @property
    def senders(self) -> tuple[Sender, ...]:
        """Everything that sends."""
        return self.writer, self.pusher, self.caller

    def await_traffic(self, own: Site) -> None:
        """Wait until the sensor listens and has taken something by each way."""
        own.await_ready(self.push_port)
        pushed, called = len(self.pusher.sent), self.caller.sent_well
        until(lambda: len(self.pusher.sent) > pushed and self.caller.sent_well > called, own.said)

    def note(self, report: SensorStatus | None) -> None:
        """Keep the last report of each life of the sensor."""
        if report is not None:
            self._reports[str(report.started_at)] = report

    def finish(self, own: Site) -> SensorStatus:
        """Wait until all that must be is stored, end the sensor, and check what the store holds.

        A connection may lose lines between two sensors; those that one counted are there.
        """
        until(lambda: self._is_stored(own), own.said)
        last = own.stop()
        self.note(last)
        with own.store() as store:
            found = originals(store)
        told = f"seed {self.seed}"
        assert max(found.values()) == 1, told
        assert found.keys() >= self._certain(), told
        by_tcp = len(found.keys() & set(self.caller.sent))
        assert by_tcp >= self._accepted_by_tcp() > 0, told
        return last

    def _certain(self) -> set[str]:
        return {*self.writer.sent, *self.pusher.sent}

    def _is_stored(self, own: Site) -> bool:
        try:
            with own.store() as store:
                certain = self._certain()
                return store.count(ALL) >= len(certain) and originals(store).keys() >= certain
        except Unavailable:
            return False

    def _accepted_by_tcp(self) -> int:
        return sum(
            one.events
            for report in self._reports.values()
            for one in report.inputs
            if one.name == "tcp"
        )
