"""Fields that follow from others, and never replace what the source said."""

import polars as pl
import pytest

from sensors.log.mapping.derivation import DERIVATIONS, FACILITIES, SEVERITIES, derived
from situation.fields import BY_NAME


def _one(**columns: str) -> dict[str, object]:
    frame = pl.DataFrame({name: [value] for name, value in columns.items()})
    return derived(frame).row(0, named=True)


def test_only_declared_fields_are_derived() -> None:
    assert {one.target for one in DERIVATIONS} | {
        one.origin for one in DERIVATIONS
    } <= BY_NAME.keys()


@pytest.mark.parametrize(
    ("priority", "facility", "severity"), [("0", 0, 0), ("165", 20, 5), ("191", 23, 7)]
)
def test_a_priority_is_a_facility_and_a_severity(
    priority: str, facility: int, severity: int
) -> None:
    row = _one(**{"log.syslog.priority": priority})
    assert row["log.syslog.facility.name"] == FACILITIES[facility]
    assert row["log.syslog.severity.name"] == SEVERITIES[severity]


@pytest.mark.parametrize("priority", ["192", "-1", "x"])
def test_a_priority_out_of_range_says_nothing(priority: str) -> None:
    row = _one(**{"log.syslog.priority": priority})
    assert row["log.syslog.facility.code"] is row["log.syslog.severity.name"] is None


@pytest.mark.parametrize(
    ("status", "outcome"), [("200", "success"), ("399", "success"), ("400", "failure"), ("x", None)]
)
def test_the_outcome_of_a_request_is_that_of_its_status(status: str, outcome: str | None) -> None:
    assert _one(**{"http.response.status_code": status})["event.outcome"] == outcome


@pytest.mark.parametrize(
    ("url", "path", "query", "domain"),
    [
        ("/a/b?c=1?d", "/a/b", "c=1?d", None),
        ("/", "/", None, None),
        ("http://h.example:80/x#y", "/x", None, "h.example"),
        ("https://u@h.example?q", None, "q", "h.example"),
        ("h.example:443", None, None, None),
        ("*", None, None, None),
    ],
)
def test_an_address_is_taken_apart(
    url: str, path: str | None, query: str | None, domain: str | None
) -> None:
    row = _one(**{"url.original": url})
    assert (row["url.path"], row["url.query"], row["url.domain"]) == (path, query, domain)


def test_what_the_source_said_stays() -> None:
    row = _one(**{"http.response.status_code": "500", "event.outcome": "success"})
    assert row["event.outcome"] == "success"
