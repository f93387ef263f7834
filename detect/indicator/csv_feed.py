"""Indicators as CSV: a head line, then kind, value, label and what else the head names."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from typing import Final, cast

from detect.indicator.indicator import Kind, Known, in_one_form
from situation.faults import Malformed
from situation.settings import FeedSettings

NEEDED: Final = ("kind", "value")
KNOWN: Final = (*NEEDED, "label", "confidence", "valid_from", "valid_until")
_LONGEST: Final = 500
_MOST: Final = 100


def rows_of_csv(text: str, feed: FeedSettings, written: dt.datetime) -> Iterator[Known | str]:
    """Yield the indicators, and for each line that is left out the reason.

    One without an end holds for the days of the feed since it was `written`. Times are
    ISO 8601, UTC where they name no zone. Raises `Malformed` for a missing head.
    """
    lines = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    lines.fieldnames = [name.strip().lower() for name in lines.fieldnames or ()]
    lacking = [name for name in NEEDED if name not in lines.fieldnames]
    if lacking:
        raise Malformed(f"the head line lacks {', '.join(lacking)}", where="line 1")
    try:
        for line in lines:
            yield _row(line, feed, written)
    except csv.Error as error:
        raise Malformed(str(error), where=f"line {lines.line_num}") from error


def _row(
    line: Mapping[str | None, object], feed: FeedSettings, written: dt.datetime
) -> Known | str:
    if None in line or any(value is None for value in line.values()):
        return "columns"
    said = {str(name): str(value).strip() for name, value in line.items()}
    value = in_one_form(said["kind"], said["value"])
    if value is None:
        return "value"
    try:
        begin, end = _time(said.get("valid_from", "")), _time(said.get("valid_until", ""))
        confidence = int(said.get("confidence") or feed.confidence)
    except ValueError:
        return "figure or time"
    if not 0 <= confidence <= _MOST:
        return "figure or time"
    return Known(
        kind=cast("Kind", said["kind"]),
        value=value,
        label=said.get("label", "")[:_LONGEST],
        confidence=confidence,
        valid_from=begin,
        valid_until=end or written + dt.timedelta(days=feed.days),
        detail={key: said[key][:_LONGEST] for key in said if key not in KNOWN and said[key]},
    )


def _time(text: str) -> dt.datetime | None:
    if not text:
        return None
    at = dt.datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
