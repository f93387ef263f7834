"""Groups of rows that look alike: k of k-anonymity (GB/T 42460-2023, annex D)."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from detect.classified.column.lexicon import kind_of
from detect.classified.word.naming import is_masked_name

_KINDS: Final = frozenset({"sex", "birth_date", "ethnicity", "education", "address"})
_HEADINGS: Final = re.compile(
    r"年龄|岁|街道|社区|区县|所属区|区域|籍贯|职业|岗位|学校|户籍|婚姻|邮编|(?i:\bage\b|district|zip|occupation|job|birth|region)"
)
_SAMPLE: Final = 200


class Groups:
    """Counts the rows that agree in all quasi-identifiers, over the grids of one table.

    It counts only where identifiers are masked: elsewhere a group says nothing.
    """

    def __init__(self) -> None:
        self._rows: Counter[int] = Counter()
        self._masked: bool | None = None

    def take(
        self,
        header: Sequence[str],
        columns: Sequence[Sequence[str]],
        counts: Sequence[Mapping[str, int]],
    ) -> None:
        """Take the next rows."""
        if self._masked is None:
            self._masked = _is_masked(columns, counts)
        if not self._masked:
            return
        quasi = [columns[at] for at, name in enumerate(header) if _is_quasi(name)]
        if quasi:
            self._rows.update(map(hash, zip(*quasi, strict=True)))
        else:
            self._rows[0] += len(columns[0]) if columns else 0

    def smallest(self) -> int | None:
        """Return the size of the smallest group; None where nothing is masked."""
        return min(self._rows.values()) if self._rows else None


def _is_quasi(name: str) -> bool:
    return kind_of(name) in _KINDS or bool(_HEADINGS.search(name))


def _is_masked(columns: Sequence[Sequence[str]], counts: Sequence[Mapping[str, int]]) -> bool:
    rows = len(columns[0]) if columns else 0
    if any(n * 2 >= rows for row in counts for key, n in row.items() if key.startswith("masked:")):
        return rows > 0
    heads = ([cell for cell in cells[:_SAMPLE] if cell] for cells in columns)
    return any(head and sum(map(is_masked_name, head)) * 2 >= len(head) for head in heads)
