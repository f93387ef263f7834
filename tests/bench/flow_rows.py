"""Flow rows with all columns, as the sensor makes them."""

import numpy as np
import numpy.typing as npt
import polars as pl

from situation.fields import BY_NAME, FLOW_COLUMNS, FLOW_SCHEMA, Kind

HOSTS = 5000
START_NANOSECONDS = 1_772_323_200_000_000_000
BATCH_NANOSECONDS = 60_000_000_000

_IDS = {"event.id", "citywatch.flow.id", "network.community_id"}
_EMPTY = {"citywatch.drill.id", "network.inner.vlan.id", "dns.question.name", "dns.question.type"}
_CHOSEN: dict[Kind, list[str] | list[bool]] = {
    Kind.IP: [f"10.0.{host >> 8}.{host & 255}" for host in range(HOSTS)],
    Kind.KEYWORD: ["tcp", "udp", "unknown"],
    Kind.BOOLEAN: [True, False],
}

Integers = npt.NDArray[np.int64]


def flows(rows: int, number: int) -> pl.DataFrame:
    """Return one batch with all flow columns, seeded by its number."""
    made = np.random.default_rng(number)
    first = START_NANOSECONDS + number * BATCH_NANOSECONDS
    times = np.sort(first + made.integers(0, BATCH_NANOSECONDS, rows))
    columns = {name: _column(name, made, times) for name in FLOW_COLUMNS}
    return pl.DataFrame(columns).cast(dict(FLOW_SCHEMA))  # type: ignore[arg-type]  # types by name


def _column(name: str, made: np.random.Generator, times: Integers) -> pl.Series:
    rows = len(times)
    if name in _EMPTY:
        return pl.Series([None] * rows, dtype=FLOW_SCHEMA[name])
    if name in _IDS:
        return pl.Series([key.tobytes().hex() for key in made.integers(0, 2**63, (rows, 2))])
    kind = BY_NAME[name].kind
    if kind is Kind.DATE:
        return pl.Series(times)
    if kind in _CHOSEN:
        return pl.Series(made.choice(_CHOSEN[kind], rows).tolist())
    most = 12 if ".flags." in name else 65_535 if name.endswith(".port") else 10**6
    return pl.Series(made.integers(0, most, rows))
