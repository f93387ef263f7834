"""Tries to log in, as logs tell them: of programs that say so, and of web servers' pages."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from detect.detector import Windows
from detect.rules.log.ends import END_COLUMNS, told
from situation.events.filter import And, Eq, Exists, Filter, In, Or

LOGIN_COLUMNS = (
    *END_COLUMNS, "event.category", "event.type", "event.outcome", "event.module", "user.name",
    "http.request.method", "http.response.status_code", "url.path",
)  # fmt: skip

LOGINS: Filter = Or(
    (
        And(
            (
                Eq("event.category", "authentication"),
                Eq("event.type", "start"),
                In("event.outcome", ("success", "failure")),
                Exists("source.ip"),
            )
        ),
        And((Eq("event.category", "web"), Eq("http.request.method", "POST"))),
        And((Eq("event.category", "web"), Exists("user.name"))),
    )
)
"""Logins that are told as such, forms that were sent, and requests under an account."""

SERVICE_NAMES = {
    "sshd": "SSH",
    "windows": "Windows",
    "sysmon": "Windows",
    "telnetd": "Telnet",
    "pam": "PAM",
}
"""What people call the service of a module; others are called by the module itself."""

WEB = "Web"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPage:
    """A page that takes passwords, and the statuses by which it refuses and lets in."""

    pattern: str
    refused: tuple[int, ...]
    let_in: tuple[int, ...]


LOGIN_PAGES = (
    LoginPage(pattern=r"/wp-login\.php$", refused=(200, 401, 403), let_in=(302, 303)),
    LoginPage(
        pattern=r"(?i)/(login|logon|signin|sign-in|authenticate|j_spring_security_check|"
        r"j_security_check|oauth/token|api/token|session)(\.\w{2,5})?/?$",
        refused=(401, 403),
        let_in=(200, 204, 302, 303),
    ),
)
"""The first that fits counts. A form that is shown again with 200 looks like an entry that is
answered with 200, so 200 refuses only where the program is known to do so."""

_ACCOUNT_LENGTH = 64
_UNAUTHORIZED = 401
_LET_IN = (200, 300)
_POST = "POST"


def logins(frame: pl.DataFrame, windows: Windows) -> pl.DataFrame:
    """Return tries to log in over a network, one row each, in order of time.

    Added to what `told` adds are `service`, `account` (lower case, empty where it is unknown)
    and `refused`: false where the login succeeded.
    """
    is_told = pl.col("event.category") == "authentication"
    refusal = pl.when(is_told).then(_told_refusal()).otherwise(_web_refusal())
    module = pl.col("event.module").replace(SERVICE_NAMES).fill_null("?")
    return (
        told(frame, windows)
        .with_columns(
            refusal.alias("refused"),
            pl.when(is_told).then(module).otherwise(pl.lit(WEB)).alias("service"),
            _account().alias("account"),
        )
        .filter(pl.col("refused").is_not_null())
    )


def _account() -> pl.Expr:
    return pl.col("user.name").str.to_lowercase().str.slice(0, _ACCOUNT_LENGTH).fill_null("")


def _told_refusal() -> pl.Expr:
    outcome = pl.col("event.outcome")
    begins = pl.col("event.type") == "start"
    return pl.when(begins & outcome.is_in(("success", "failure"))).then(outcome == "failure")


def _web_refusal() -> pl.Expr:
    """Return true or false where a web request was a login, null elsewhere."""
    status = pl.col("http.response.status_code")
    verdict = _basic_refusal()
    for page in reversed(LOGIN_PAGES):
        sent = (pl.col("http.request.method") == _POST) & pl.col("url.path").str.contains(
            page.pattern
        )
        refusal = pl.when(status.is_in(page.refused)).then(pl.lit(value=True))
        judged = refusal.when(status.is_in(page.let_in)).then(pl.lit(value=False))
        verdict = pl.when(sent.fill_null(value=False)).then(judged).otherwise(verdict)
    return verdict


def _basic_refusal() -> pl.Expr:
    """Judge requests under an account: with the first, unnamed 401 a browser only asks how."""
    status = pl.col("http.response.status_code")
    named = pl.col("user.name").is_not_null()
    refused = pl.when(named & (status == _UNAUTHORIZED)).then(pl.lit(value=True))
    let_in = named & (status >= _LET_IN[0]) & (status < _LET_IN[1])
    return refused.when(let_in).then(pl.lit(value=False))


def often_refused(tries: pl.DataFrame, group: list[str], refusals: int) -> pl.DataFrame:
    """Return the tries of groups that were refused so often at all; windows of the rest cost."""
    counted = tries.group_by(group).agg(pl.col("refused").sum())
    wanted = counted.filter(pl.col("refused") >= refusals)
    return tries.join(wanted.select(group), on=group, how="semi", maintain_order="left")


def entries(
    tries: pl.DataFrame,
    group: list[str],
    single: list[str],
    refusals: int,
    memory: dt.timedelta,
) -> pl.DataFrame:
    """Return the logins that came after refusals: the first of each `group` and window.

    A login counts where the `group` (names of columns) was refused at least `refusals` times
    within `memory` before it, and where `single` (a finer group, with the account) was refused
    among them or had not logged in before that time. Added is `refusals_before`.
    """
    span = f"{int(memory.total_seconds())}s"
    refused = pl.col("refused").cast(pl.Int64)
    first = pl.col("@timestamp").filter(~pl.col("refused")).min().over(single)
    often = often_refused(tries, group, refusals)
    marked = often.with_columns(
        refused.rolling_sum_by("@timestamp", span, closed="both").over(group).alias("before"),
        refused.rolling_sum_by("@timestamp", span, closed="both").over(single).alias("own"),
        (first < pl.col("@timestamp") - pl.lit(memory)).fill_null(value=False).alias("known"),
    )
    entered = marked.filter(
        ~pl.col("refused"),
        pl.col("before") >= refusals,
        (pl.col("own") > 0) | ~pl.col("known"),
    )
    return (
        entered.sort("@timestamp", "event.id")
        .group_by("window", *group, maintain_order=True)
        .agg(
            pl.col("before").first().alias("refusals_before"),
            pl.col("account", "event.id", "@timestamp", "source.ip", "victim", "victim.ip")
            .first()
            .name.prefix("login_"),
        )
    )
