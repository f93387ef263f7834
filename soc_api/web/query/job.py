"""The schedule: how each job stands, when it is wanted in words, and its last turns."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from playbooks.plan.document import Plan
from playbooks.schedule.claim import DIED, SUPERSEDED
from playbooks.schedule.job import JobRow
from playbooks.schedule.lease import CLOCK
from playbooks.schedule.ledger import JobLine, history, listing
from playbooks.schedule.timing import Cron, Every, Timing
from situation.state.tables import JobSlot, Lease
from soc_api.web.query.incident.grade import names_of
from soc_api.web.text import Text

TURNS_SHOWN = 100
CLOCK_SILENT = dt.timedelta(minutes=1)
"""Time after which a clock that laid nothing is taken for gone; slots come every few seconds."""

DAYS: dict[str, Text] = {
    "any": Text("", ""),
    "working": Text("，工作日", ", on working days"),
    "heightened": Text("，重保时期", ", in periods of heightened duty"),
}
RULES: dict[str, Text] = {
    "coalesce": Text("错过多次只补最近一次", "of several missed turns the newest alone"),
    "catch_up": Text("错过的逐次补做", "every missed turn is made up for"),
}
COUNTS: dict[str, Text] = {
    "clocks_missed": Text("超时时钟", "clocks missed"),
    "overdue": Text("新逾期通报", "notices newly overdue"),
    "steps": Text("升级步骤", "steps of escalation"),
    "tasks": Text("新任务", "tasks opened"),
    "departments": Text("单位", "departments"),
    "dropped": Text("清理旧报表", "old reports dropped"),
    "days": Text("清理天数", "days dropped"),
    "documents": Text("清理文档", "documents dropped"),
    "octets": Text("释放字节", "octets freed"),
    "segments": Text("合并文件", "files merged"),
    "lines": Text("审计行", "lines of the audit"),
    "anchored": Text("已锚定", "anchored"),
    "breaches": Text("异常", "breaches"),
    "slots": Text("清理记录", "turns trimmed"),
    "new": Text("新增", "new"),
    "changed": Text("更新", "changed"),
    "same": Text("未变", "as before"),
    "removed": Text("移除", "removed"),
    "expired": Text("过期", "expired"),
    "skipped": Text("略过", "skipped"),
    "drills": Text("演练", "drills"),
    "found": Text("已检出", "found"),
    "missed": Text("漏检", "missed"),
    "late": Text("迟检", "late"),
    "unexpected": Text("意外告警", "unexpected"),
}
"""What a turn counted, by its code; a code without a name is shown as it is."""

REASONS: dict[str, Text] = {
    SUPERSEDED: Text("已有更近的一次", SUPERSEDED),
    DIED: Text("执行者每次都中断", DIED),
}
"""Why a turn was skipped or failed where the platform itself says so."""

_UNITS = ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s"))
_WEEKDAYS = {
    "mon": Text("周一", "Monday"),
    "tue": Text("周二", "Tuesday"),
    "wed": Text("周三", "Wednesday"),
    "thu": Text("周四", "Thursday"),
    "fri": Text("周五", "Friday"),
    "sat": Text("周六", "Saturday"),
    "sun": Text("周日", "Sunday"),
}
_EVERY_MINUTES = re.compile(r"\*/(\d+) \* \* \* \*")
_HOURLY = re.compile(r"(\d+) \* \* \* \*")
_AT = re.compile(r"(\d+) (\d+) (\*|\d+) \* (\*|[a-z]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One job as a row: how it stands, when it is wanted, who paused it."""

    line: JobLine
    paused_by: str

    @property
    def name(self) -> Text:
        """What it does."""
        return Text(self.line.job.zh, self.line.job.en)

    @property
    def timing(self) -> Text:
        """When it is wanted."""
        return timing_text(self.line.job)

    @property
    def rule(self) -> Text:
        """What is done about turns that were missed."""
        return RULES[self.line.job.rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """Who keeps the clock, and since when nothing was heard of it; None before the first."""

    owner: str
    until: dt.datetime
    now: dt.datetime

    @property
    def is_silent(self) -> bool:
        """Whether no clock seems to run."""
        return self.now - self.until > CLOCK_SILENT


def job_views(
    session: Session, jobs: Sequence[JobRow], plan: Plan, now: dt.datetime
) -> list[JobView]:
    """Return every job of the list, in its order."""
    lines = listing(session, jobs, plan, now)
    people = names_of(session, {line.paused_by for line in lines if line.paused_by})
    return [JobView(line=line, paused_by=people.get(line.paused_by or "", "")) for line in lines]


def turns_of(session: Session, job: JobRow) -> tuple[Sequence[JobSlot], Mapping[str, str]]:
    """Return the last turns of a job, the newest first, and the names of who asked for one."""
    turns = history(session, job.name, limit=TURNS_SHOWN)
    return turns, names_of(session, {turn.asked_by for turn in turns})


def clockwork(session: Session, now: dt.datetime) -> Clockwork | None:
    """Return who keeps the clock; None where none ever ran."""
    row = session.get(Lease, CLOCK)
    return Clockwork(owner=row.owner, until=row.until, now=now) if row else None


def timing_text(job: JobRow) -> Text:
    """Say when a job is wanted; a timing that has no plain words stands as it is."""
    when, days = _timing(job.timing), DAYS[job.days]
    return Text(when.zh + days.zh, when.en + days.en)


def _timing(timing: Timing) -> Text:
    if isinstance(timing, Every):
        return _every(timing.seconds)
    return _cron(timing)


def _every(seconds: int) -> Text:
    size, zh, en = next(unit for unit in _UNITS if seconds % unit[0] == 0)
    return Text(f"每 {seconds // size} {zh}", f"every {seconds // size} {en}")


def _cron(timing: Cron) -> Text:
    text = timing.text
    if found := _EVERY_MINUTES.fullmatch(text):
        return _every(60 * int(found[1]))
    if found := _HOURLY.fullmatch(text):
        return Text(f"每小时 {int(found[1])} 分", f"hourly at :{int(found[1]):02d}")
    if found := _AT.fullmatch(text):
        return _at(f"{int(found[2]):02d}:{int(found[1]):02d}", found[3], found[4])
    return Text(text, text)


def _at(time: str, day: str, weekday: str) -> Text:
    if weekday in _WEEKDAYS:
        name = _WEEKDAYS[weekday]
        return Text(f"每{name.zh} {time}", f"every {name.en} at {time}")
    if day != "*":
        return Text(f"每月 {day} 日 {time}", f"on day {day} of the month at {time}")
    return Text(f"每天 {time}", f"daily at {time}")
