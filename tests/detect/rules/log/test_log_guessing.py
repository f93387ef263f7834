"""Guessing that logs tell of, and the login after it."""

import datetime as dt
import json

import polars as pl
import pytest

from detect.rules.log.log_guessing import LogGuessingDetector
from sensors.log.catalogue import kind_named
from sensors.log.kind import SourceRules
from sensors.log.reading import LogFile, Plan
from situation.assets import Assets
from situation.claim import Claim
from tests.detect.frames import (
    INSIDER,
    LOG_COLUMNS,
    MORNING,
    NO_ASSETS,
    OUTSIDER,
    Row,
    asset,
    city,
    inspect,
    login,
    logs,
    request,
)
from tests.testdata import testdata

DETECTOR = LogGuessingDetector()
VICTIM = "10.20.1.15"


def _claims(rows: list[Row], assets: Assets | None = None) -> tuple[Claim, ...]:
    return inspect(DETECTOR, logs(rows), assets or city()).claims


def _tries(count: int, *, gap: float = 100, source: str = OUTSIDER, start: float = 0) -> list[Row]:
    return [login(start + gap * n, source, VICTIM) for n in range(count)]


@pytest.mark.parametrize(
    ("module", "service"), [("sshd", "SSH"), ("windows", "Windows"), ("dovecot", "dovecot")]
)
def test_twenty_refusals_within_an_hour_are_guessing(module: str, service: str) -> None:
    rows = [row | {"event.module": module} for row in _tries(20)]
    (claim,) = _claims(rows)
    assert (claim.category, claim.severity, claim.technique) == ("guessing", 2, "T1110.001")
    assert (claim.subject, claim.host_ip) == (f"{OUTSIDER}>{VICTIM}", VICTIM)
    assert service in claim.sentence_en
    assert not _claims(rows[:19])


def test_eight_refusals_within_two_minutes_are_guessing() -> None:
    assert len(_claims(_tries(8, gap=15))) == 1
    assert not _claims(_tries(7, gap=15))
    assert not _claims(_tries(8, gap=18))


def test_a_login_after_the_refusals_is_a_success_and_names_the_account() -> None:
    rows = [*_tries(30, gap=9), login(300, OUTSIDER, VICTIM, "Operator", refused=False)]
    (claim,) = _claims(rows)
    assert (claim.category, claim.severity) == ("guessing_success", 3)
    assert claim.indicators == {"address": OUTSIDER, "account": "operator"}
    assert "operator" in claim.sentence_zh
    assert claim.evidence[0] == rows[-1]["event.id"]
    assert claim.event_count == 31
    assert claim.reasons[0].metric == "refused_before_login"


def test_a_success_is_told_at_a_pace_too_slow_for_guessing() -> None:
    slow = _tries(8, gap=300)
    assert not _claims(slow)
    (claim,) = _claims([*slow, login(2500, OUTSIDER, VICTIM, refused=False)])
    assert claim.category == "guessing_success"


def test_a_login_in_the_next_hour_is_tied_to_the_refusals_of_the_last() -> None:
    rows = [*_tries(30, gap=9, start=3300), login(3650, OUTSIDER, VICTIM, refused=False)]
    claims = _claims(rows)
    assert [claim.category for claim in claims] == ["guessing", "guessing_success"]
    assert claims[1].window_start == MORNING + dt.timedelta(hours=1)


def test_a_login_before_the_refusals_or_long_after_is_no_success() -> None:
    before = [login(0, OUTSIDER, VICTIM, refused=False), *_tries(30, gap=9, start=60)]
    after = [*_tries(30, gap=9), login(9000, OUTSIDER, VICTIM, refused=False)]
    for rows in (before, after):
        assert [claim.category for claim in _claims(rows)] == ["guessing"]


def test_somebody_who_logs_in_there_as_a_rule_is_no_success_of_another_accounts_guesser() -> None:
    rows = [login(0, OUTSIDER, VICTIM, "clerk", refused=False), *_tries(20, start=7200, gap=20)]
    usual = login(7800, OUTSIDER, VICTIM, "clerk", refused=False)
    assert [claim.category for claim in _claims([*rows, usual])] == ["guessing"]


def test_a_person_who_mistypes_a_few_times_is_silent() -> None:
    rows = [*_tries(5, gap=8, source=INSIDER), login(60, INSIDER, VICTIM, refused=False)]
    assert not _claims(rows)


def test_a_program_of_ours_with_an_old_password_is_silent_after_some_hours() -> None:
    rows = [row for hour in range(8) for row in _tries(30, start=3600 * hour, source=INSIDER)]
    assert {claim.window_start for claim in _claims(rows)} == {MORNING}


def test_the_citys_scanner_may_try() -> None:
    scanner = Assets([asset(f"{INSIDER}/32", "scanner")])
    assert not _claims(_tries(60, source=INSIDER, gap=9), scanner)


def test_an_infected_host_that_guesses_inside_owns_the_alert() -> None:
    (claim,) = _claims(_tries(60, source=INSIDER, gap=9))
    assert (claim.host_ip, claim.severity) == (INSIDER, 3)


def test_of_two_services_the_one_with_the_login_is_claimed() -> None:
    windows = [row | {"event.module": "windows"} for row in _tries(40, gap=9)]
    ssh = [*_tries(20, gap=9, start=1), login(400, OUTSIDER, VICTIM, refused=False)]
    (claim,) = _claims([*windows, *ssh])
    assert claim.category == "guessing_success"
    assert claim.sentence_en.startswith("20 refused logins at SSH")


@pytest.mark.parametrize(
    ("page", "refused", "let_in"),
    [("/cas/login", 401, 302), ("/api/v1/login", 403, 200), ("/wp-login.php", 200, 302)],
)
def test_a_login_page_is_guessed_at_like_any_service(page: str, refused: int, let_in: int) -> None:
    tries = [request(9 * n, OUTSIDER, page, method="POST", status=refused) for n in range(20)]
    (claim,) = _claims(tries)
    assert (claim.category, claim.subject) == ("guessing", f"{OUTSIDER}>10.20.1.10")
    entered = request(200, OUTSIDER, page, method="POST", status=let_in)
    (success,) = _claims([*tries, entered])
    assert success.category == "guessing_success"


def test_passwords_of_the_server_itself_are_counted_where_an_account_is_named() -> None:
    rows = [request(9 * n, OUTSIDER, "/", status=401, account="admin") for n in range(20)]
    (claim,) = _claims(rows)
    assert "Web" in claim.sentence_zh
    assert not _claims([row | {"user.name": None} for row in rows])


def test_many_people_behind_one_address_who_log_in_are_silent() -> None:
    rows = [
        request(9 * n, OUTSIDER, "/login", method="POST", status=200 + 102 * (n % 2))
        for n in range(100)
    ]
    assert not _claims(rows)


def test_a_host_without_an_address_is_known_by_its_name() -> None:
    rows = [row | {"host.ip": None, "citywatch.log.peer": None} for row in _tries(20)]
    (claim,) = _claims(rows)
    assert (claim.subject, claim.host_ip) == (f"{OUTSIDER}>host-15", None)
    assert claim.severity == 2


def test_rows_without_outcome_account_or_source_break_nothing() -> None:
    rows = _tries(20)
    bare = [row | {"event.outcome": None} for row in rows]
    bare += [row | {"source.ip": None} for row in rows]
    assert not _claims(bare)
    (claim,) = _claims([row | {"user.name": None, "event.module": None} for row in rows])
    assert claim.category == "guessing"


def _logon(number: int, code: int) -> str:
    time = f"2026-03-03T01:{number // 12:02d}:{number % 12 * 5:02d}.000Z"
    system = {
        "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
        "EventID": code, "EventRecordID": number, "Channel": "Security", "Computer": "dc1",
        "TimeCreated": {"#attributes": {"SystemTime": time}},
    }  # fmt: skip
    data = {"TargetUserName": "Clerk", "IpAddress": INSIDER, "IpPort": "50123", "LogonType": 3}
    return json.dumps({"Event": {"System": system, "EventData": data}})


def test_refused_logons_of_a_windows_host_are_guessing_from_event_to_claim() -> None:
    lines = [_logon(number, 4625) for number in range(30)] + [_logon(40, 4624)]
    parsed = kind_named("windows-event").parser(SourceRules()).parse(pl.Series(lines), MORNING)
    ids = pl.int_range(pl.len()).cast(pl.String).alias("event.id")
    frame = parsed.frame.with_columns(ids)
    read = frame.select(name for name in LOG_COLUMNS if name in frame.columns)
    events = pl.concat([logs([]), read], how="diagonal_relaxed")
    (claim,) = inspect(DETECTOR, events, city()).claims
    assert (claim.category, claim.subject) == ("guessing_success", f"{INSIDER}>dc1")
    assert claim.sentence_en == "30 refused logins at Windows, then account clerk got in"


def test_the_guessers_of_a_public_ssh_log_are_found() -> None:
    path = testdata("logs", "loghub", "OpenSSH_2k.log")
    plan = Plan((kind_named("auth"),), "test", SourceRules(year=2015))
    frames = LogFile(path, plan).batches(MORNING)
    events = pl.concat([logs([]), *frames], how="diagonal").select(LOG_COLUMNS)
    claims = inspect(DETECTOR, events, NO_ASSETS).claims
    assert {claim.category for claim in claims} == {"guessing"}
    loudest = max(claims, key=lambda claim: claim.event_count)
    assert (loudest.source_ip, loudest.event_count) == ("183.62.140.253", 157)
    assert {"187.141.143.180", "103.99.0.122", "112.95.230.3"} < {one.source_ip for one in claims}
