"""Guessing at login services, and the login that follows."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from detect.detector import DAY, HOUR, Found, Inspection, Windows
from detect.endpoint import WATCHERS, place
from detect.rules.flow.attempt import evidence
from detect.session import IN_PAYLOAD, OUT_PAYLOAD, SESSION_COLUMNS, merge
from detect.thresholds import LOGIN_SERVICES, Guessing, LoginService
from detect.usual import against_usual, usual_of
from detect.wording import as_a_rule, octets, span
from situation.assets import Assets
from situation.claim import Claim, Reason
from situation.events.filter import And, Eq, Filter, In

_PAIR = ["source.ip", "destination.ip", "service"]
_KEYS = ["window", *_PAIR]
_PORTS = tuple(port for service in LOGIN_SERVICES for port in service.ports)
_LOGINS = And((Eq("network.transport", "tcp"), In("destination.port", _PORTS)))


@dataclass(frozen=True, slots=True)
class GuessingDetector:
    """Claims many short alike sessions of a pair at a login service, and a success after them.

    ATT&CK T1110.001. The counts stand between those of Zeek, Wazuh and Slips, see
    `thresholds.Guessing`; the sequence "tries, then a session that is longer and larger" is that
    of Elastic's sequence rules, read from flows alone.
    """

    name: str = "guessing"
    version: int = 1
    dataset: str = "flow"
    window: dt.timedelta = HOUR
    lookback: dt.timedelta = DAY
    columns: tuple[str, ...] = SESSION_COLUMNS
    where: Filter | None = _LOGINS
    bar: Guessing = field(default_factory=Guessing)

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return a claim per guessing pair, service and judged hour."""
        sessions = _sessions(frame, windows)
        tries = sessions.filter("is_try")
        hourly = self._hourly(tries)
        found = self._found(hourly, self._successes(sessions, tries)).filter(windows.judged())
        if found.is_empty():
            return Inspection()
        usual = usual_of(hourly, found, "pair", "tries")
        rows = found.join(usual, on=["window", "pair"], how="left")
        placed = place(rows, assets, "source", "destination").filter(
            ~pl.col("source.role").is_in(WATCHERS), ~self._by_habit()
        )
        ordered = placed.sort("window", "pair", "service")
        return Inspection(tuple(self._claim(row, windows) for row in ordered.iter_rows(named=True)))

    def _hourly(self, tries: pl.DataFrame) -> pl.DataFrame:
        size = pl.col("octets")
        return tries.group_by(_KEYS).agg(
            pl.col("pair").first(),
            pl.len().alias("tries"),
            size.median().alias("try_octets"),
            pl.col("seconds").median().alias("try_seconds"),
            ((size - size.median()).abs().median() / size.median()).alias("spread"),
            pl.col("event.start").min().alias("first"),
            pl.col("event.end").max().alias("last"),
            evidence(),
        )

    def _successes(self, sessions: pl.DataFrame, tries: pl.DataFrame) -> pl.DataFrame:
        """Return the first session of each pair and hour that looks like a login after tries."""
        counted = tries.sort("event.start").with_columns(
            pl.int_range(1, pl.len() + 1).over(_PAIR).alias("before")
        )
        shape = tries.group_by(_PAIR).agg(
            pl.col("octets").median().alias("usual_octets"),
            pl.col("seconds").median().alias("usual_seconds"),
        )
        logins = sessions.join(shape, on=_PAIR).filter(
            pl.col("octets") >= self.bar.success_times_octets * pl.col("usual_octets"),
            pl.col("seconds") >= self.bar.success_times_seconds * pl.col("usual_seconds"),
        )
        after = _count_before(logins, counted, dt.timedelta(0), "so_far")
        after = _count_before(after, counted, self.bar.memory, "long_ago").with_columns(
            (pl.col("so_far") - pl.col("long_ago")).alias("tries_before")
        )
        enough = after.filter(pl.col("tries_before") >= self.bar.tries_before_success)
        return (
            enough.sort("event.start")
            .group_by(_KEYS, maintain_order=True)
            .agg(
                pl.col("pair", "tries_before", "usual_octets", "usual_seconds").first(),
                pl.col("octets", "seconds").first().name.prefix("login_"),
                pl.col("event.id", "event.start", "event.end").first().name.prefix("login_"),
            )
        )

    def _found(self, hourly: pl.DataFrame, successes: pl.DataFrame) -> pl.DataFrame:
        both = hourly.join(successes, on=[*_KEYS, "pair"], how="full", coalesce=True)
        many = (pl.col("tries") >= self.bar.tries) & (pl.col("spread") <= self.bar.alike)
        return both.filter(many | pl.col("tries_before").is_not_null()).with_columns(
            pl.col("tries").fill_null(0)
        )

    def _by_habit(self) -> pl.Expr:
        """Tell whether a host of ours does so all day: a program that logs in, not a guesser."""
        habit = pl.col("usual").fill_null(0) * 3 >= pl.col("tries")
        return pl.col("source.inside") & habit & pl.col("tries_before").is_null()

    def _claim(self, row: Found, windows: Windows) -> Claim:
        success = row["tries_before"] is not None
        tries = max(row["tries"], row["tries_before"] or 0)
        source, victim = row["source.ip"], row["destination.ip"]
        from_inside = row["source.inside"] or not row["destination.inside"]
        start = row["first"] or row["login_event.start"]
        return Claim(
            detector=self.name,
            version=self.version,
            subject=row["pair"],
            source_ip=source,
            destination_ip=victim,
            host_ip=source if from_inside else victim,
            window_start=row["window"],
            window_end=row["window"] + windows.length,
            first_seen=start,
            last_seen=max(row["last"] or start, row["login_event.end"] or start),
            severity=3 if success or from_inside else 2,
            score=min(0.99, (0.8 if success else 0.5) + tries / 1000),
            p_value=None,
            technique="T1110.001",
            category="guessing_success" if success else "guessing",
            sentence_zh=_sentence_zh(row, tries, success=success),
            sentence_en=_sentence_en(row, tries, success=success),
            reasons=_reasons(row, tries, success=success),
            evidence=_evidence(row),
            event_count=row["tries"] + success,
            indicators={"address": source},
        )


def _services(rows: tuple[LoginService, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        [(port, row.name, row.try_seconds, row.try_octets) for row in rows for port in row.ports],
        schema={
            "destination.port": pl.Int64,
            "service": pl.String,
            "most_seconds": pl.Float64,
            "most_octets": pl.Int64,
        },
        orient="row",
    )


def _sessions(frame: pl.DataFrame, windows: Windows) -> pl.DataFrame:
    """Return sessions in which both sides spoke, with their service and whether they are tries."""
    flows = merge(frame).join(_services(LOGIN_SERVICES), on="destination.port")
    spoken = flows.filter((pl.col(OUT_PAYLOAD) > 0) & (pl.col(IN_PAYLOAD) > 0))
    sized = spoken.with_columns(
        (pl.col(OUT_PAYLOAD) + pl.col(IN_PAYLOAD)).alias("octets"),
        pl.concat_str("source.ip", pl.lit(">"), "destination.ip").alias("pair"),
        windows.of("event.start").alias("window"),
    )
    short = pl.col("seconds") <= pl.col("most_seconds")
    small = pl.col("octets") <= pl.col("most_octets")
    return sized.with_columns((short & small).alias("is_try"))


def _count_before(
    logins: pl.DataFrame, counted: pl.DataFrame, age: dt.timedelta, name: str
) -> pl.DataFrame:
    """Add how many tries of the pair had begun `age` before each login."""
    marks = counted.select(*_PAIR, pl.col("event.start").alias("moment"), "before").sort("moment")
    earlier = pl.duration(seconds=age.total_seconds(), time_unit="ns")
    asked = logins.with_columns((pl.col("event.start") - earlier).alias("moment")).sort("moment")
    joined = asked.join_asof(
        marks, on="moment", by=_PAIR, strategy="backward", allow_exact_matches=False,
        check_sortedness=False,
    )  # fmt: skip
    return joined.rename({"before": name}).with_columns(pl.col(name).fill_null(0)).drop("moment")


def _sentence_zh(row: Found, tries: int, *, success: bool) -> str:
    if success:
        return f"{row['service']} 猜口令 {tries} 次后登录成功"
    return f"一小时 {row['service']} 猜口令 {tries} 次，{as_a_rule(row['usual'], '次')[0]}"


def _sentence_en(row: Found, tries: int, *, success: bool) -> str:
    if success:
        lasted = span(row["login_seconds"])[1]
        return f"{tries} guesses at {row['service']}, then a login that lasted {lasted}"
    usual = as_a_rule(row["usual"], "")[1]
    return f"{tries} guesses at {row['service']} within an hour, {usual}"


def _reasons(row: Found, tries: int, *, success: bool) -> tuple[Reason, ...]:
    count = against_usual(
        row,
        metric="tries_an_hour",
        observed=tries,
        unit="count",
        zh="一小时内短而相似的会话",
        en="short alike sessions within the hour",
    )
    if not success:
        alike = Reason(
            metric="tries_spread",
            observed=row["spread"],
            unit="share",
            zh=f"会话大小的离散度，中位数 {octets(row['try_octets'])}",
            en=f"spread of their sizes around {octets(row['try_octets'])}",
        )
        return (count, alike)
    longer = Reason(
        metric="login_seconds",
        observed=row["login_seconds"],
        unit="seconds",
        usual=row["usual_seconds"],
        zh="随后会话的时长，此前为猜测会话",
        en="duration of the session that followed, against the tries",
    )
    larger = Reason(
        metric="login_octets",
        observed=row["login_octets"],
        unit="octets",
        usual=row["usual_octets"],
        zh="随后会话的字节数，此前为猜测会话",
        en="octets of the session that followed, against the tries",
    )
    return (count, longer, larger)


def _evidence(row: Found) -> tuple[str, ...]:
    login = () if row["login_event.id"] is None else (row["login_event.id"],)
    return (*login, *(one for one in row["evidence"] or () if one not in login))[:50]
