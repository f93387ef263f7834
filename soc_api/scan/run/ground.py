"""What findings are settled on: the plan, the days to put something right, and how people count."""

from collections.abc import Iterable

from detect.classified.tally import estimate, merge
from playbooks.finding.settling import Ground
from soc_api.wiring import City


def ground_of(city: City) -> Ground:
    """Return what the findings of an installation are settled on."""
    return Ground(plan=city.plan, due_days=city.settings.scan.due_days, count_persons=count_persons)


def count_persons(sketches: Iterable[bytes]) -> int:
    """Return how many people several resources are about together, each counted once."""
    return estimate(merge(list(sketches)))
