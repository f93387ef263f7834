import datetime as dt

import pytest

from playbooks.schedule.days import Days
from playbooks.schedule.job import JobRow
from playbooks.schedule.timing import Cron, Every, Timing
from situation.state.store import StateStore
from situation.state.tables import Lease
from soc_api.jobs.catalogue import JOBS
from soc_api.web.query.job import DAYS, RULES, clockwork, timing_text
from tests.soc_api.web.city import NOW


def _job(timing: Timing, days: Days = "any") -> JobRow:
    return JobRow(name="one", zh="一", en="one", timing=timing, days=days)


@pytest.mark.parametrize(
    ("timing", "zh", "en"),
    [
        (Every(5), "每 5 秒", "every 5 s"),
        (Every(90), "每 90 秒", "every 90 s"),
        (Every(600), "每 10 分钟", "every 10 min"),
        (Every(7200), "每 2 小时", "every 2 h"),
        (Cron("*/15 * * * *"), "每 15 分钟", "every 15 min"),
        (Cron("5 * * * *"), "每小时 5 分", "hourly at :05"),
        (Cron("40 2 * * *"), "每天 02:40", "daily at 02:40"),
        (Cron("0 8 * * mon"), "每周一 08:00", "every Monday at 08:00"),
        (Cron("0 3 1 * *"), "每月 1 日 03:00", "on day 1 of the month at 03:00"),
        (Cron("0 8-18 * * mon-fri"), "0 8-18 * * mon-fri", "0 8-18 * * mon-fri"),
    ],
)
def test_a_timing_is_told_in_words(timing: Timing, zh: str, en: str) -> None:
    assert timing_text(_job(timing)) == (zh, en)


def test_the_days_are_told_with_it() -> None:
    assert timing_text(_job(Every(60), "heightened")).zh == "每 1 分钟，重保时期"
    assert timing_text(_job(Cron("0 8 * * *"), "working")).en == "daily at 08:00, on working days"


def test_every_job_that_is_shipped_has_words_for_all_it_says() -> None:
    for job in JOBS:
        assert timing_text(job).zh.startswith("每")
        assert job.days in DAYS
        assert job.rule in RULES


@pytest.mark.parametrize(("seconds", "silent"), [(1, False), (59, False), (61, True)])
def test_a_clock_that_laid_nothing_for_a_minute_is_silent(
    either_state: StateStore, seconds: int, *, silent: bool
) -> None:
    with either_state.transaction() as session:
        assert clockwork(session, NOW) is None
        session.add(Lease(name="clock", owner="a", until=NOW - dt.timedelta(seconds=seconds)))
    with either_state.reading() as session:
        found = clockwork(session, NOW)
    assert found is not None
    assert found.is_silent is silent
