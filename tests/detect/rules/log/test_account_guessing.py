"""One account, many sources."""

from detect.rules.log.account_guessing import AccountGuessingDetector
from situation.claim import Claim
from tests.detect.frames import Row, city, inspect, login, logs

DETECTOR = AccountGuessingDetector()
VICTIM = "10.20.1.15"


def _source(number: int) -> str:
    return f"203.0.113.{number}"


def _claims(rows: list[Row]) -> tuple[Claim, ...]:
    return inspect(DETECTOR, logs(rows), city()).claims


def _tries(sources: int, *, start: float = 0) -> list[Row]:
    return [login(start + 30 * n, _source(n + 1), VICTIM, "operator") for n in range(sources)]


def test_ten_sources_that_are_refused_at_one_account_guess_together() -> None:
    (claim,) = _claims(_tries(10))
    assert (claim.category, claim.severity) == ("guessing", 2)
    assert (claim.subject, claim.host_ip) == (f"operator@{VICTIM}", VICTIM)
    assert claim.source_ip is None
    assert not _claims(_tries(9))


def test_one_of_them_that_gets_in_is_a_success_and_is_named() -> None:
    rows = [*_tries(12), login(400, _source(3), VICTIM, "operator", refused=False)]
    (claim,) = _claims(rows)
    assert (claim.category, claim.severity) == ("guessing_success", 3)
    assert claim.source_ip == _source(3)
    assert claim.evidence[0] == rows[-1]["event.id"]


def test_the_person_whose_account_it_is_logs_in_without_an_alert_of_success() -> None:
    owner = login(400, "10.20.10.21", VICTIM, "operator", refused=False)
    (claim,) = _claims([*_tries(12), owner])
    assert claim.category == "guessing"


def test_the_same_noise_hour_after_hour_is_told_once() -> None:
    rows = [row for hour in range(6) for row in _tries(15, start=3600 * hour)]
    assert len(_claims(rows)) == 1


def test_a_success_is_told_through_the_noise() -> None:
    rows = [row for hour in range(6) for row in _tries(15, start=3600 * hour)]
    entered = login(5 * 3600 + 600, _source(4), VICTIM, "operator", refused=False)
    categories = [claim.category for claim in _claims([*rows, entered])]
    assert categories == ["guessing", "guessing_success"]


def test_many_sources_at_many_accounts_are_no_guessing_at_one() -> None:
    rows = [login(30.0 * n, _source(n + 1), VICTIM, f"user{n}") for n in range(20)]
    assert not _claims(rows)


def test_tries_without_an_account_are_nobodys() -> None:
    assert not _claims([row | {"user.name": None} for row in _tries(20)])
