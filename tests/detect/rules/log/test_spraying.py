"""One source, many accounts."""

from detect.rules.log.spraying import SprayingDetector
from situation.assets import Assets
from situation.claim import Claim
from tests.detect.frames import INSIDER, OUTSIDER, Row, asset, city, inspect, login, logs

DETECTOR = SprayingDetector()
DIRECTORY = "10.20.1.22"
FILES = "10.20.2.11"


def _claims(rows: list[Row], assets: Assets | None = None) -> tuple[Claim, ...]:
    return inspect(DETECTOR, logs(rows), assets or city()).claims


def _spray(accounts: int, *, each: int = 1, source: str = OUTSIDER, gap: float = 60) -> list[Row]:
    return [
        login(gap * n + 7 * again, source, DIRECTORY, f"user{n}", module="windows")
        for again in range(each)
        for n in range(accounts)
    ]


def test_ten_accounts_that_refuse_one_source_are_sprayed() -> None:
    (claim,) = _claims(_spray(10))
    assert (claim.category, claim.technique, claim.severity) == ("guessing", "T1110.003", 2)
    assert (claim.subject, claim.destination_ip) == (OUTSIDER, DIRECTORY)
    assert not _claims(_spray(9))


def test_the_accounts_may_be_of_several_hosts() -> None:
    rows = [row | ({"host.ip": FILES} if n % 2 else {}) for n, row in enumerate(_spray(12))]
    (claim,) = _claims(rows)
    assert claim.destination_ip is None
    assert claim.host_ip == DIRECTORY
    assert claim.reasons[2].observed == 2


def test_an_account_that_lets_in_after_the_spraying_is_a_success() -> None:
    rows = [*_spray(15), login(1000, OUTSIDER, DIRECTORY, "User7", refused=False)]
    (claim,) = _claims(rows)
    assert (claim.category, claim.severity) == ("guessing_success", 3)
    assert claim.indicators["account"] == "user7"
    assert claim.evidence[0] == rows[-1]["event.id"]


def test_many_passwords_at_each_account_are_another_detectors_matter() -> None:
    assert _claims(_spray(10, each=3))
    assert not _claims(_spray(10, each=4))


def test_the_same_account_in_other_letters_is_one_account() -> None:
    names = ("Root", "ROOT", "root", "rOOt", "ROot", "rooT", "RooT", "RoOt", "roOT", "rOoT")
    rows = [login(60.0 * n, OUTSIDER, DIRECTORY, name) for n, name in enumerate(names)]
    assert not _claims(rows)


def test_a_desk_that_many_people_share_is_silent() -> None:
    refused = _spray(12, source=INSIDER)
    entered = [login(60 * n + 20, INSIDER, DIRECTORY, f"user{n}", refused=False) for n in range(14)]
    assert not _claims([*refused, *entered])


def test_the_citys_proxy_may_be_refused_for_many() -> None:
    assert not _claims(_spray(30), Assets([asset(f"{OUTSIDER}/32", "proxy")]))


def test_a_host_of_ours_that_sprays_owns_the_alert() -> None:
    (claim,) = _claims(_spray(20, source=INSIDER))
    assert (claim.host_ip, claim.severity) == (INSIDER, 3)


def test_hosts_without_addresses_and_tries_without_accounts_break_nothing() -> None:
    bare = [row | {"host.ip": None, "citywatch.log.peer": None} for row in _spray(12)]
    (claim,) = _claims(bare)
    assert claim.host_ip is None
    assert not _claims([row | {"user.name": None} for row in _spray(12)])
