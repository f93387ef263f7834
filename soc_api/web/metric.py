"""The figures of what acts by itself, jobs, scans and playbooks, for a Prometheus to fetch."""

from collections.abc import Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from playbooks.schedule.ledger import JobLine
from soc_api.scan.run.watch import FAULTS, ScanState
from soc_api.web.query.desk.trouble import KINDS, Trouble


class JobFigures(Collector):
    """How old the last success of each job is, and whether it is stale or paused.

    A job that never succeeded has no age.
    """

    def __init__(self, lines: Sequence[JobLine]) -> None:
        self._lines = lines

    def collect(self) -> Iterator[Metric]:
        """Yield every family once, with a sample for each job."""
        age = GaugeMetricFamily(
            "citywatch_job_success_age_seconds",
            "Time since the job last succeeded",
            labels=["job"],
        )
        stale = GaugeMetricFamily(
            "citywatch_job_stale", "Whether its last success is too old", labels=["job"]
        )
        paused = GaugeMetricFamily(
            "citywatch_job_paused", "Whether a person paused it", labels=["job"]
        )
        for line in self._lines:
            if line.age is not None:
                age.add_metric([line.job.name], line.age.total_seconds())
            stale.add_metric([line.job.name], float(line.is_stale))
            paused.add_metric([line.job.name], float(line.paused_at is not None))
        yield from (age, stale, paused)


class ScanFigures(Collector):
    """How old the last whole scan of each target of the settings is, and whether it is in trouble.

    A target that was never scanned has no age.
    """

    def __init__(self, states: Sequence[ScanState]) -> None:
        self._states = states

    def collect(self) -> Iterator[Metric]:
        """Yield every family once, with a sample for each target."""
        age = GaugeMetricFamily(
            "citywatch_scan_success_age_seconds",
            "Time since the last whole scan of the target",
            labels=["target"],
        )
        fault = GaugeMetricFamily(
            "citywatch_scan_fault",
            "Whether it failed, its source is away, nobody goes on, or it is late",
            labels=["target", "fault"],
        )
        for state in self._states:
            if state.age is not None:
                age.add_metric([state.target], state.age.total_seconds())
            for each in FAULTS:
                fault.add_metric([state.target, each], float(state.fault == each))
        yield from (age, fault)


class TroubleFigures(Collector):
    """How many things of each kind are broken: what the overview shows at its top."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        self._counts = {trouble.key: trouble.count for trouble in troubles}

    def collect(self) -> Iterator[Metric]:
        """Yield the one family, with a sample for each kind, also where nothing is broken."""
        broken = GaugeMetricFamily(
            "citywatch_trouble", "Things that are broken, by kind", labels=["kind"]
        )
        for key in KINDS:
            broken.add_metric([key.removeprefix("trouble_")], self._counts.get(key, 0))
        yield broken
