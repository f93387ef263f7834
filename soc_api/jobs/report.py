"""The weekly report on the notices: one sheet a week in a folder, kept for a time."""

import datetime as dt
import os
import pathlib
from collections.abc import Iterator, Mapping

from playbooks.document.sheet import Value, sheet_of
from playbooks.notice.statistics import DepartmentFigures, by_department
from playbooks.schedule.claim import Slot
from situation.clock import CITY_ZONE
from situation.faults import Unavailable
from soc_api.wiring import City

FOLDER = "reports"
"""Folder of the reports, in that of the store."""

KEPT_WEEKS = 106
"""Two years and some, so that the same week of the year before can be compared."""

WHO = "定时任务 / scheduled job"

_PREFIX = "notices-"
_WEEK = dt.timedelta(days=7)
_COLUMNS = (
    "排名 / Rank",
    "单位 / Department",
    "下发 / Issued",
    "按时签收 / Signed in time",
    "按时反馈 / Answered in time",
    "已办结 / Closed",
    "退回 / Returned",
    "重复问题 / Repeated",
    "当前超期 / Overdue now",
    "签收用时（分钟） / Minutes to sign",
    "反馈用时（分钟） / Minutes to answer",
    "办结用时（分钟） / Minutes to close",
)


def write_report(city: City, slot: Slot) -> Mapping[str, int]:
    """Write the report of the week before the slot; a repeat writes the same file again.

    Raises `Unavailable` where the folder cannot be written.
    """
    monday = _monday(slot.at)
    begin, end = _midnight(monday - _WEEK), _midnight(monday)
    with city.state.reading() as session:
        rows = by_department(session, since=begin, until=end, drill_id=None)
    title = f"通报周报 / Notices {monday - _WEEK} – {monday - dt.timedelta(days=1)}"
    content = sheet_of(title, _COLUMNS, _rows(rows), who=WHO, now=city.clock.now())
    folder = city.settings.store.folder / FOLDER
    try:
        _replace(folder / f"{_PREFIX}{_name(monday - _WEEK)}.xlsx", content)
        return {"departments": len(rows), "dropped": _drop_old(folder, monday)}
    except OSError as error:
        raise Unavailable(error.strerror or str(error), where=str(folder)) from error


def _rows(rows: list[DepartmentFigures]) -> Iterator[list[Value]]:
    for row in rows:
        minutes = (row.minutes_to_sign, row.minutes_to_answer, row.minutes_to_close)
        yield [
            row.rank, row.department, row.issued, row.signed_in_time, row.answered_in_time,
            row.closed, row.returns, row.repeats, row.overdue_now,
            *(None if each is None else round(each) for each in minutes),
        ]  # fmt: skip


def _monday(at: dt.datetime) -> dt.date:
    day = at.astimezone(CITY_ZONE).date()
    return day - dt.timedelta(days=day.weekday())


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), CITY_ZONE).astimezone(dt.UTC)


def _name(day: dt.date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _replace(path: pathlib.Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_suffix(".part")
    with staged.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)


def _drop_old(folder: pathlib.Path, monday: dt.date) -> int:
    oldest = f"{_PREFIX}{_name(monday - _WEEK * KEPT_WEEKS)}.xlsx"
    # Names of years and weeks sort as their times do.
    old = [path for path in folder.glob(f"{_PREFIX}*-W??.xlsx") if path.name < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
