"""The voice of a process says a fault once."""

import pytest

from situation.faults import Misconfigured
from soc_api.process.voice import Voice


def test_a_fault_is_said_once_while_it_lasts_and_once_that_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    voice = Voice("following")
    voice.well()
    for reason in ("no key", "no key", "no right"):
        voice.ill(Misconfigured(reason))
    voice.well()
    voice.well()
    voice.ill(Misconfigured("no right"))
    assert [record.getMessage() for record in caplog.records] == [
        "following waits: no key",
        "following waits: no right",
        "following goes on",
        "following waits: no right",
    ]
