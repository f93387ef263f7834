"""The kind of a log is guessed from its first lines."""

import pytest

from sensors.log.catalogue import KINDS
from sensors.log.recognition import recognised
from tests.testdata import testdata


@pytest.mark.parametrize(
    ("file", "kind"), [("OpenSSH", "auth"), ("Linux", "auth"), ("Apache", "apache-error")]
)
def test_public_logs_are_recognised(file: str, kind: str) -> None:
    path = testdata("logs", "loghub", f"{file}_2k.log")
    guess = recognised(path.read_text(encoding="utf-8").splitlines(), KINDS)
    assert guess is not None
    assert guess.kind.name == kind


def test_prose_and_blanks_are_like_nothing() -> None:
    assert recognised(["It was a dark night.", "The modem sang."], KINDS) is None
    assert recognised(["", "  "], KINDS) is None
    assert recognised([], KINDS) is None
