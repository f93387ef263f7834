"""A scan by hand that is printed and not kept: no store is opened, nothing is left behind."""

import contextlib
import secrets
import time
from collections.abc import Callable, Sequence

from detect.classified.violation import violations
from sensors.content.source.catalogue import open_source
from situation.clock import Clock
from situation.content.verdict import Violation
from situation.scan_settings import ScanSettings
from soc_api.scan.key import OCTETS
from soc_api.scan.run.counting import Count
from soc_api.scan.run.judging import Judged, judging
from soc_api.scan.run.pace import Pace
from soc_api.scan.run.recording import Show
from soc_api.scan.run.walking import Walk, nothing_known
from soc_api.scan.target import Target
from soc_api.scan.telling.tally import Tally
from soc_api.scan.tools import open_tools, today_of

Progress = Callable[[str, int, int], None]


def scan_and_show(
    target: Target, settings: ScanSettings, clock: Clock, *, show: Show, progress: Progress
) -> Tally:
    """Scan a target, show each resource, and return what it came to.

    The key for counting is thrown away afterwards. Raises `Misconfigured` where the target is
    not there, `Unavailable` where its server is away.
    """
    began, tally = time.monotonic(), Tally()
    tools = open_tools(settings, secrets.token_bytes(OCTETS), clock)
    with (
        contextlib.closing(open_source(target.settings)) as source,
        judging(source, settings, tools, known=lambda _: None) as judge,
    ):
        count = Count(target)
        pace = Pace(
            target.settings.octets_per_second,
            target.settings.resources_per_second,
            monotonic=time.monotonic,
            sleep=time.sleep,
        )
        walk = Walk(
            judge=judge,
            declared=lambda _: None,
            unchanged=nothing_known,
            pace=pace,
            goes_on=lambda: True,
            workers=settings.workers,
        )
        for step in walk.steps(source.walk()):
            if isinstance(step, Judged):
                broken = _violations(step, clock)
                tally.add(step.verdict, broken)
                show(step.resource.path, step.verdict, broken)
            progress("scan", tally.resources, count.counted()[0] or 0)
    tally.seconds = time.monotonic() - began
    return tally


def _violations(one: Judged, clock: Clock) -> Sequence[Violation]:
    return violations(
        one.verdict,
        exposure=one.resource.exposure,
        declared=None,
        previous=None,
        neighbours=(),
        today=today_of(clock),
    )
