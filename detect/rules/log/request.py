"""Requests of web servers' logs, and their addresses as the server understands them."""

import polars as pl

from detect.detector import Windows
from detect.rules.log.ends import END_COLUMNS, told

REQUEST_COLUMNS = (
    *END_COLUMNS, "http.request.method", "http.response.status_code", "url.original", "url.path",
    "url.query",
)  # fmt: skip

STATUS = "http.response.status_code"
TARGET = "target"

_ASCII = range(128)


def requests(frame: pl.DataFrame, windows: Windows) -> pl.DataFrame:
    """Return requests, one row each, in order of time.

    Added to what `told` adds are `target` (path and query as they were sent) and `page`, the
    target without its query.
    """
    query = pl.when(pl.col("url.query").is_not_null()).then(
        pl.concat_str("url.path", pl.lit("?"), "url.query")
    )
    target = pl.coalesce("url.original", query, "url.path", pl.lit(""))
    rows = told(frame, windows).with_columns(target.alias(TARGET))
    page = pl.col(TARGET).str.splitn("?", 2).struct.field("field_0")
    return rows.with_columns(page.alias("page"))


def _spellings() -> dict[str, str]:
    """Return how ASCII is hidden: percent (RFC 3986, 2.1), overlong UTF-8, `%u`, HTML entities."""
    found = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&", "+": " "}
    for code in _ASCII:
        high, low = 0xC0 | code >> 6, 0x80 | code & 0x3F
        overlong = f"%{0x80 | code >> 6:02x}%{low:02x}"
        for spelling in (f"{code:02x}", f"{high:02x}%{low:02x}", f"e0{overlong}", f"u{code:04x}"):
            found[f"%{spelling}"] = chr(code).lower()
    return found


_SPELLINGS = _spellings()
_LAYERS = 3
"""Proxies and programs undo one layer each; deeper ones reach nobody."""


def plain(text: pl.Expr) -> pl.Expr:
    """Return the text in lower case, with hidden ASCII shown and comments of SQL as spaces.

    What is no ASCII stays encoded: Chinese, in UTF-8 or GBK, is not looked into.
    """
    text = text.str.to_lowercase()
    for _ in range(_LAYERS):
        text = text.str.replace_many(_SPELLINGS)
    return text.str.replace_all(r"/\*!\d*", " ").str.replace_all(r"/\*.*?\*/|\*/", " ")
