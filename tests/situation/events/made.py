"""Random documents and filter trees for both stores, small pools so that they meet."""

import datetime as dt
import json
from collections.abc import Sequence

import polars as pl
from hypothesis import strategies as st

from situation.events import filter as tree
from situation.events.instant import DAY, SECOND, iso_text
from situation.events.store import Batch, Document, Interval, Metric, Terms
from situation.fields import BY_NAME, REST, Kind

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
END = START + dt.timedelta(days=3)
START_NANOS = 1_772_323_200 * SECOND

FIELDS = (
    "event.action",
    "network.transport",
    "source.ip",
    "destination.ip",
    "@timestamp",
    "event.end",
    "source.port",
    "citywatch.flow.forward.ip_bytes",
    "citywatch.alert.score",
    "citywatch.flow.both.size.sum_squares",
    "citywatch.flow.final",
    "message",
    "url.original",
)
"""At least one field of every kind, with and without an inverted index."""

KEPT = "event.original"
"""A field that is only kept."""

ADDRESSES = ("10.1.0.1", "10.1.0.2", "10.2.255.255", "0.0.0.1", "255.255.255.255", "::", "::1",
             "fd00::1", "2001:db8::8:800:200c:417a", "ffff:" * 7 + "ffff")  # fmt: skip
NETWORKS = ("10.1.0.0/16", "10.0.0.0/8", "0.0.0.0/0", "::/0", "fd00::/8", "10.1.0.1/32",
            "::ffff:0:0/96", "255.0.0.0/8", "::1/128")  # fmt: skip
WORDS = ("异常登录", "登录异常", "登录", "Login", "LOGIN failed", "10.0.0.1", "x.cn", "a-b", "a_b",
         "it's", "user:root", "１２", "é", "#!", "3,5")  # fmt: skip

_LONGS = st.sampled_from((0, 1, 22, 443, -1, 2**63 - 1, -(2**63))) | st.integers(0, 70_000)
_DOUBLES = st.sampled_from((0.0, -0.0, 0.5, 1.0, -2.5, 1e300)) | st.floats(-1e6, 1e6)
_KEYWORDS = st.sampled_from(("tcp", "udp", "TCP", "", "tc", "登录", "a\x00b", '"\\\n')) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=8
)
_TEXTS = st.lists(st.sampled_from((*WORDS, " ", ", ", "。", "\n")), max_size=6).map("".join)
_NANOS = st.builds(
    lambda day, offset: START_NANOS + day * DAY + offset,
    st.integers(0, 2),
    st.sampled_from((0, 1, 999, 1000, DAY - 1, DAY // 2)) | st.integers(0, DAY - 1),
)
_MOMENTS = st.datetimes(
    dt.datetime(2026, 2, 28),  # noqa: DTZ001 - the strategy adds the zone
    dt.datetime(2026, 3, 4),  # noqa: DTZ001 - as above
    timezones=st.just(dt.UTC),
) | st.sampled_from((START, dt.datetime.min.replace(tzinfo=dt.UTC),
                     dt.datetime.max.replace(tzinfo=dt.UTC)))  # fmt: skip

_STORED: dict[Kind, st.SearchStrategy[object]] = {
    Kind.KEYWORD: _KEYWORDS,
    Kind.IP: st.sampled_from(ADDRESSES),
    Kind.DATE: _NANOS.map(iso_text),
    Kind.LONG: _LONGS,
    Kind.DOUBLE: _DOUBLES.map(lambda value: value + 0.0),
    Kind.BOOLEAN: st.booleans(),
    Kind.TEXT: _TEXTS,
    Kind.WILDCARD: _KEYWORDS,
}
_ASKED: dict[Kind, st.SearchStrategy[tree.Value]] = {
    Kind.KEYWORD: _KEYWORDS,
    Kind.IP: st.sampled_from((*ADDRESSES, "::ffff:10.1.0.1", "FD00:0::1")),
    Kind.DATE: _MOMENTS,
    Kind.LONG: _LONGS,
    Kind.DOUBLE: _DOUBLES | st.integers(-3, 3),
    Kind.BOOLEAN: st.booleans(),
    Kind.WILDCARD: _KEYWORDS,
}
_REST: st.SearchStrategy[Document] = st.dictionaries(
    st.sampled_from(("vendor.code", "名称", "raw", "")),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        lambda inner: st.lists(inner, max_size=2),
        max_leaves=4,
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn, *, most: int = 25) -> list[Document]:
    """Draw documents as a store returns them, no two of one identity."""
    made = []
    for number in range(draw(st.integers(0, most))):
        optional = [name for name in FIELDS if name != "@timestamp"]
        names = draw(st.lists(st.sampled_from(optional), unique=True, max_size=8))
        found: Document = {"@timestamp": iso_text(draw(_NANOS)), "event.id": f"é{number:03d}"}
        found |= {name: draw(_STORED[BY_NAME[name].kind]) for name in names}
        if draw(st.integers(0, 5)) == 0:
            found |= draw(_REST)
        made.append(found)
    return made


def batch(made: Sequence[Document], dataset: str, name: str = "b") -> Batch:
    """Return the documents as the columns of one batch."""
    rows = [
        {key: value for key, value in document.items() if key in BY_NAME}
        | {REST: _json({k: v for k, v in document.items() if k not in BY_NAME})}
        for document in made
    ]
    names = ("event.id", *FIELDS, KEPT)
    dates = {name for name in names if BY_NAME[name].kind is Kind.DATE}
    schema = {n: pl.String() if n in dates else BY_NAME[n].polars_type for n in names}
    frame = pl.DataFrame(rows, schema=schema | {REST: pl.String()})
    return Batch(
        dataset,
        name,
        frame.with_columns(
            pl.col(list(dates)).str.to_datetime(
                "%Y-%m-%dT%H:%M:%S%.9fZ", time_unit="ns", time_zone="UTC"
            )
        ),
    )


def _json(rest: Document) -> str:
    return json.dumps(rest, ensure_ascii=False)


@st.composite
def _leaf(draw: st.DrawFn) -> tree.Filter:
    field = draw(st.sampled_from((*FIELDS, "event.id")))
    kind = BY_NAME[field].kind
    if kind is Kind.TEXT:
        text = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join)
        return draw(st.builds(tree.Phrase, st.just(field), text) | st.just(tree.Exists(field)))
    value = _ASKED[kind] if field != "event.id" else st.sampled_from(("é001", "é002", "x"))
    shapes: list[st.SearchStrategy[tree.Filter]] = [
        st.just(tree.Exists(field)),
        st.builds(tree.Eq, st.just(field), value),
        st.builds(tree.In, st.just(field), st.lists(value, max_size=3).map(tuple)),
    ]
    if kind in {Kind.KEYWORD, Kind.WILDCARD}:
        prefixes = st.sampled_from(("t", "tc", "é", "登"))
        shapes.append(st.builds(tree.Prefix, st.just(field), prefixes))
    if kind is Kind.IP:
        shapes.append(st.builds(tree.Cidr, st.just(field), st.sampled_from(NETWORKS)))
    if kind in {Kind.IP, Kind.DATE, Kind.LONG, Kind.DOUBLE}:
        shapes += [
            st.builds(tree.Range, st.just(field), value, st.none() | value),
            st.builds(tree.Range, st.just(field), st.none(), value),
        ]
    return draw(st.one_of(shapes))


def _branches(inner: st.SearchStrategy[tree.Filter]) -> st.SearchStrategy[tree.Filter]:
    parts = st.lists(inner, max_size=3).map(tuple)
    return st.builds(tree.And, parts) | st.builds(tree.Or, parts) | st.builds(tree.Not, inner)


TREES: st.SearchStrategy[tree.Filter] = st.recursive(_leaf(), _branches, max_leaves=6).filter(
    lambda where: _depth(where) <= tree.MAX_DEPTH
)


def _depth(where: tree.Filter) -> int:
    parts = (where.part,) if isinstance(where, tree.Not) else getattr(where, "parts", ())
    return 1 + max((_depth(part) for part in parts), default=0)


_GROUPED = [name for name in FIELDS if BY_NAME[name].kind not in {Kind.TEXT, Kind.DATE}]
_INTERVALS = st.builds(
    Interval,
    st.sampled_from(("@timestamp", "event.end")),
    st.sampled_from((dt.timedelta(minutes=5), dt.timedelta(hours=7), dt.timedelta(days=1))),
)
GROUPS: st.SearchStrategy[list[Terms | Interval]] = st.lists(
    st.builds(Terms, st.sampled_from(_GROUPED), st.integers(1, 4)) | _INTERVALS,
    max_size=2,
    unique_by=lambda group: group.field,
)
METRICS = (
    Metric("n", "count"),
    Metric("ports", "count", "source.port"),
    Metric("score", "sum", "citywatch.flow.both.size.sum_squares"),
    Metric("least", "min", "citywatch.alert.score"),
    Metric("most", "max", "citywatch.alert.score"),
    Metric("sources", "distinct", "source.ip"),
)
