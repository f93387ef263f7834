"""The list of jobs: what is wanted when. What each does stands in `work`."""

from playbooks.schedule.job import JobRow
from playbooks.schedule.timing import Cron, Every
from situation.scan_settings import ScanTargetSettings
from situation.settings import DrillSettings, Settings

SWEEP = JobRow(
    name="sweep",
    zh="时限巡检",
    en="Sweep of clocks, notices and progress",
    timing=Every(5),
    lane="quick",
    lease_seconds=30,
    retries=11,
    grace_seconds=60,
    audited=False,
)
"""An overdue notice is marked within 10 seconds. Of its failures one a minute is kept: twelve
turns in a row."""

DUTY = JobRow(
    name="duty",
    zh="重保值守：零报告与预警响应任务",
    en="Heightened duty: daily report and forced response",
    timing=Every(60),
    days="heightened",
    lane="quick",
    grace_seconds=300,
    audited=False,
)

FEEDS = JobRow(
    name="feeds",
    zh="更新威胁情报指标",
    en="Read the feeds of indicators",
    timing=Cron("17 * * * *"),
)

RETENTION = JobRow(
    name="retention",
    zh="清理超过保存期限的数据",
    en="Drop the days that are kept no longer",
    timing=Cron("40 2 * * *"),
    lease_seconds=300,
)

COMPACTION = JobRow(
    name="compaction",
    zh="合并数据文件",
    en="Merge small files of the event store",
    timing=Cron("10 3 * * *"),
    lease_seconds=300,
)

PROOF = JobRow(
    name="proof",
    zh="核验审计链",
    en="Prove the audit",
    timing=Cron("0 4 * * *"),
    lease_seconds=300,
)

REPORT = JobRow(
    name="report",
    zh="通报周报",
    en="Weekly report on the notices",
    timing=Cron("0 8 * * mon"),
    rule="catch_up",
)
"""A week whose report was missed still gets it; a holiday puts no Monday off."""

TALLY = JobRow(
    name="tally",
    zh="统计当日数据分级",
    en="Tally of the day's graded data",
    timing=Cron("50 23 * * *"),
    lane="quick",
)

TRIMMING = JobRow(
    name="trimming",
    zh="清理定时任务记录",
    en="Trim the record of jobs",
    timing=Cron("30 * * * *"),
    audited=False,
)

JOBS: tuple[JobRow, ...] = (
    SWEEP,
    DUTY,
    FEEDS,
    REPORT,
    RETENTION,
    COMPACTION,
    PROOF,
    TALLY,
    TRIMMING,
)
"""In the order in which people see them. A name never changes: slots are kept under it."""

DRILL_PREFIX = "drill-"
"""How the name of a job begins that is a drill of the settings."""

SCAN_PREFIX = "scan-"
"""How the name of a job begins that starts the scan of a target of the settings."""


def jobs_of(settings: Settings) -> tuple[JobRow, ...]:
    """Return the list of an installation: the jobs of all, its own drills and its scans.

    Raises `Misconfigured` where a drill or a scan has a time that is none.
    """
    drills = (_drill(name, drill) for name, drill in sorted(settings.drills.items()))
    scans = (_scan(name, scan) for name, scan in sorted(settings.scans.items()) if scan.at)
    return (*JOBS, *drills, *scans)


def _drill(name: str, drill: DrillSettings) -> JobRow:
    return JobRow(
        name=f"{DRILL_PREFIX}{name}",
        zh=f"演练：{drill.scenario}",
        en=f"Drill: {drill.scenario}",
        timing=Cron(drill.at),
        days="working" if drill.working_days else "any",
        lease_seconds=300,
        # Each try is a drill of its own, so that one that was cut off is not begun again.
        retries=0,
    )


def _scan(name: str, scan: ScanTargetSettings) -> JobRow:
    return JobRow(
        name=f"{SCAN_PREFIX}{name}",
        zh=f"敏感数据扫描：{name}",
        en=f"Classified-data scan: {name}",
        timing=Cron(scan.at),
        days=scan.days,
        lane="quick",
        grace_seconds=3600,
    )
