"""The asset table: which address belongs to whom, joined by longest prefix.

Read from CSV (a header with the names of the columns) or TOML (a list `asset`). Columns:
`range` (address or network), `name`, `department`, `district`, `contact`,
`protection_level` (等保 1 to 5, may be empty), `cii` (true or false), `role`.
"""

import csv
import ipaddress
import pathlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from situation.faults import Misconfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

UNKNOWN = "unknown"
"""The value of everything that the table does not say; it is counted, never guessed."""

COLUMNS = ("range", "name", "department", "district", "contact", "protection_level", "cii", "role")

HUB_ROLES = frozenset({"dns", "proxy", "nat", "scanner", "gateway"})
"""Roles whose hosts meet everybody, so that sharing one says nothing."""

JOIN_SCHEMA: dict[str, pl.DataType] = {
    "ip": pl.String(),
    "asset": pl.String(),
    "department": pl.String(),
    "district": pl.String(),
    "role": pl.String(),
    "protection_level": pl.Int64(),
    "cii": pl.Boolean(),
    "known": pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One row of the table: an address range and whose it is."""

    range: Network
    name: str
    department: str
    district: str
    contact: str
    protection_level: int | None
    cii: bool
    role: str


class Assets:
    """Longest-prefix look-up over the rows of the table."""

    def __init__(self, rows: Iterable[Asset]) -> None:
        self.rows = tuple(rows)
        self._by_prefix: dict[tuple[int, int], dict[int, Asset]] = {}
        for asset in self.rows:
            key = (asset.range.version, asset.range.prefixlen)
            self._by_prefix.setdefault(key, {})[int(asset.range.network_address)] = asset
        self._prefixes = {
            version: sorted((p for v, p in self._by_prefix if v == version), reverse=True)
            for version in (4, 6)
        }

    def of(self, ip: str) -> Asset | None:
        """Return the most specific asset of an address, or None if the table has none."""
        address = ipaddress.ip_address(ip)
        width, number = address.max_prefixlen, int(address)
        for prefix in self._prefixes[address.version]:
            network = number >> (width - prefix) << (width - prefix)
            asset = self._by_prefix[address.version, prefix].get(network)
            if asset is not None:
                return asset
        return None

    def join(self, addresses: pl.Series) -> pl.DataFrame:
        """Return a row of `JOIN_SCHEMA` for each distinct address of the series."""
        rows = [self._row(ip) for ip in addresses.drop_nulls().unique(maintain_order=True)]
        return pl.DataFrame(rows, schema=JOIN_SCHEMA, orient="row")

    def _row(self, ip: str) -> tuple[object, ...]:
        asset = self.of(ip)
        if asset is None:
            return (ip, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, None, None, False)
        return (
            ip,
            asset.name,
            asset.department,
            asset.district,
            asset.role,
            asset.protection_level,
            asset.cii,
            True,
        )


def read_assets(path: pathlib.Path) -> Assets:
    """Read the table; raise `Misconfigured` with every faulty row at once."""
    try:
        rows = _toml_rows(path) if path.suffix == ".toml" else _csv_rows(path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise Misconfigured(f"cannot be read: {error}", where=str(path)) from error
    assets, faults = [], []
    for place, row in rows:
        found = _row_faults(row)
        faults += [f"{place}: {fault}" for fault in found]
        if not found:
            assets.append(_asset(row))
    if faults:
        raise Misconfigured.listing(faults, where=str(path))
    return Assets(assets)


def _csv_rows(path: pathlib.Path) -> list[tuple[str, Mapping[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        return [
            (f"line {reader.line_num}", {str(k): str(v) for k, v in row.items()}) for row in reader
        ]


def _toml_rows(path: pathlib.Path) -> list[tuple[str, Mapping[str, str]]]:
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("asset", [])
    return [
        (f"asset {number}", {key: str(value) for key, value in row.items()})
        for number, row in enumerate(rows, 1)
    ]


_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
_LEVELS = {"": None, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}


def _row_faults(row: Mapping[str, str]) -> list[str]:
    faults = [f"unknown column {name!r}" for name in row if name not in COLUMNS]
    faults += [f"{name} is missing" for name in ("range", "name") if not row.get(name)]
    try:
        ipaddress.ip_network(row.get("range", ""))
    except ValueError as error:
        faults.append(f"range: {error}")
    if row.get("protection_level", "") not in _LEVELS:
        faults.append(f"protection_level {row['protection_level']!r} is not 1 to 5")
    if row.get("cii", "").lower() not in _TRUTH:
        faults.append(f"cii {row['cii']!r} is neither true nor false")
    return faults


def _asset(row: Mapping[str, str]) -> Asset:
    return Asset(
        range=ipaddress.ip_network(row["range"]),
        name=row["name"],
        department=row.get("department") or UNKNOWN,
        district=row.get("district") or UNKNOWN,
        contact=row.get("contact") or UNKNOWN,
        protection_level=_LEVELS[row.get("protection_level", "")],
        cii=_TRUTH[row.get("cii", "").lower()],
        role=row.get("role") or UNKNOWN,
    )
