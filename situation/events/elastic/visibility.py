"""When what was written is shown to searches.

A refresh costs the server as much as some hundred documents. A small write is shown before it
returns. What a large one wrote is shown before this store reads, and to other readers by the
index's own interval, which is shorter than the overlap with which they follow.
"""

import contextlib
from collections.abc import Callable, Mapping

from elasticsearch import AuthorizationException, Elasticsearch

from situation.events.elastic.connection import faults_of
from situation.events.elastic.lines import Lines
from situation.faults import Unavailable

SMALL = 500
"""Documents up to which a write is shown at once."""
_NAMES = 16
"""Indices that one request names: its first line may have 4 KiB."""


class Visibility:
    """Refreshes the indices that one store wrote.

    A key that may write but not refresh (privilege `maintenance`) has nothing shown when it
    writes. Before a read with it a document of each index is sent again, by a request that
    refreshes what it reaches; that is the whole of an index of one shard.
    """

    def __init__(
        self,
        client: Elasticsearch,
        repeat: Callable[[Lines], object],
        *,
        where: str,
    ) -> None:
        self._client = client
        self._repeat = repeat
        self._where = where
        self._hidden: dict[str, Lines] = {}
        self._may_refresh = True

    def wrote(self, samples: Mapping[str, Lines], documents: int) -> None:
        """Note a write by a document of each index, and show it if it is a small one."""
        self._hidden.update(samples)
        if self._hidden and self._may_refresh and documents <= SMALL:
            # What was written is durable; that it does not show yet is no failure of the write.
            with contextlib.suppress(Unavailable):
                self._refresh()

    def show(self) -> None:
        """Show what was written and is not shown yet; raise `Unavailable` if that cannot be."""
        if self._hidden and self._may_refresh:
            self._refresh()
        if self._may_refresh:
            return
        hidden, self._hidden = self._hidden, {}
        for sample in hidden.values():
            self._repeat(sample)

    def forget(self, index: str) -> None:
        """Leave out an index that was dropped, so that no repeat brings it back."""
        self._hidden.pop(index, None)

    def _refresh(self) -> None:
        hidden, self._hidden = self._hidden, {}
        names = list(hidden)
        try:
            with faults_of(self._where):
                for first in range(0, len(names), _NAMES):
                    some = ",".join(names[first : first + _NAMES])
                    self._client.indices.refresh(index=some, ignore_unavailable=True)
        except Unavailable as fault:
            self._hidden = hidden | self._hidden
            if not isinstance(fault.__cause__, AuthorizationException):
                raise
            self._may_refresh = False
