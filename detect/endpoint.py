"""Which side is the city's own: by the asset table, else by private address space."""

import polars as pl

from situation.assets import Assets

PARTNER = "partner"
"""Role of a known party outside: not ours, but no stranger either."""
DARK = "unassigned"
"""Role of a part of the own address plan that nobody uses: dark space."""
WATCHERS = frozenset({"scanner", "monitor", "nat", "proxy", "gateway"})
"""Roles whose hosts knock at many doors by duty."""
BULK_BY_DUTY = WATCHERS | {"backup"}
"""Roles whose traffic is unlike that of all others every day."""
PUBLIC_SERVICES = frozenset({"portal", "mail", "video", "proxy", "gateway", "nat"})
"""Roles whose hosts send much to whoever asks."""

_PRIVATE = (
    r"^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|127\.|100\.(6[4-9]|[7-9]\d|1[01]\d|"
    r"12[0-7])\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)"
)
"""RFC 1918, 3927, 6598, 4193, 4291."""
_EVERYBODY = r"^(22[4-9]\.|23\d\.|255\.255\.255\.255$|ff[0-9a-f]{2}:|0\.0\.0\.0$|::$)"
"""Multicast and broadcast, and no address at all."""


def place(frame: pl.DataFrame, assets: Assets, *sides: str) -> pl.DataFrame:
    """Add `<side>.inside` (bool) and `<side>.role` for the columns `<side>.ip`.

    Inside are known assets that are no partners, and private addresses that the table lacks.
    """
    for side in sides:
        table = assets.join(frame[f"{side}.ip"]).select(
            pl.col("ip").alias(f"{side}.ip"),
            pl.col("role").alias(f"{side}.role"),
            _inside().alias(f"{side}.inside"),
        )
        frame = frame.join(table, on=f"{side}.ip", how="left", maintain_order="left")
    return frame


def _inside() -> pl.Expr:
    known_ours = pl.col("known") & (pl.col("role") != PARTNER)
    return known_ours | (~pl.col("known") & pl.col("ip").str.contains(_PRIVATE))


def to_one(side: str = "destination") -> pl.Expr:
    """Tell whether the address of `side` is a single host, not multicast or broadcast."""
    return ~pl.col(f"{side}.ip").str.contains(_EVERYBODY)


def most_protected(addresses: list[str], assets: Assets) -> str | None:
    """Return the address whose asset weighs most: protection level, then CII, then order."""
    known = [(ip, asset) for ip in sorted(addresses) if (asset := assets.of(ip)) is not None]
    used = [(ip, asset) for ip, asset in known if asset.role not in (DARK, PARTNER)]
    if not used:
        return min(addresses, default=None)
    return max(used, key=lambda one: (one[1].protection_level or 0, one[1].cii))[0]
