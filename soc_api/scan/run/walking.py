"""Walking a source: what is unchanged is passed over, the rest is judged, in the order of paths."""

import concurrent.futures
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from situation.content.declared import Declared
from situation.content.resource import Resource
from soc_api.scan.run.judging import Judge, Judged
from soc_api.scan.run.pace import Pace

LOOK_UP = 500
"""Resources that are looked up at once."""

_WAIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource that is as it was: nothing of it was opened."""

    resource: Resource


Step = Seen | Judged | None
"""What a walk yields; None is a moment in which nothing was done yet, to say how it goes."""


@dataclass(slots=True)
class Walk:
    """One walk over a source.

    `unchanged` tells of a stretch of resources which need no reading. `goes_on` is asked before
    each resource is opened: hours, stop.
    """

    judge: Judge
    declared: Callable[[str], Declared | None]
    unchanged: Callable[[Sequence[Resource]], frozenset[str]]
    pace: Pace
    goes_on: Callable[[], bool]
    workers: int
    _waiting: "deque[Resource | concurrent.futures.Future[Judged]]" = field(default_factory=deque)

    def steps(self, resources: Iterable[Resource]) -> Iterator[Step]:
        """Yield what came of each resource, in their order.

        Raises `Unavailable` where the source goes away; what came before was yielded.
        """
        with concurrent.futures.ThreadPoolExecutor(self.workers, "scan") as pool:
            try:
                for stretch in stretches(resources, LOOK_UP):
                    still = self.unchanged(stretch)
                    for resource in stretch:
                        if not self.goes_on():
                            yield from self._settle(0)
                            return
                        self._begin(pool, resource, is_unchanged=resource.path in still)
                        yield from self._settle(2 * self.workers)
                yield from self._settle(0)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _begin(
        self,
        pool: concurrent.futures.ThreadPoolExecutor,
        resource: Resource,
        *,
        is_unchanged: bool,
    ) -> None:
        if is_unchanged:
            self._waiting.append(resource)
            return
        self.pace.take(resource.size if resource.kind in {"file", "object"} else 0)
        self._waiting.append(pool.submit(self.judge, resource, self.declared(resource.path)))

    def _settle(self, most: int) -> Iterator[Step]:
        """Yield what is done at the head, until at most so many wait for their judgement."""
        while self._waiting and (
            len(self._waiting) > most or isinstance(self._waiting[0], Resource)
        ):
            head = self._waiting[0]
            if isinstance(head, Resource):
                yield Seen(head)
            elif not concurrent.futures.wait([head], timeout=_WAIT_SECONDS).done:
                yield None
                continue
            else:
                yield head.result()
            self._waiting.popleft()


def stretches(resources: Iterable[Resource], most: int) -> Iterator[list[Resource]]:
    """Cut a walk into stretches of at most `most`."""
    stretch: list[Resource] = []
    for resource in resources:
        stretch.append(resource)
        if len(stretch) >= most:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def nothing_known(_: Sequence[Resource]) -> frozenset[str]:
    """Tell that everything has to be read."""
    return frozenset()
