"""Where the public test data lies: never in the project, found by CITYWATCH_TESTDATA."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent


def testdata(*parts: str) -> pathlib.Path:
    """Return a path in the test data; skip the test, with the reason, where it is absent."""
    base = pathlib.Path(os.environ.get("CITYWATCH_TESTDATA", str(ROOT.parent / "shared")))
    path = base.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"test data {'/'.join(parts)} is absent (set CITYWATCH_TESTDATA)")
    return path


def missing(reason: str) -> None:
    """Skip for want of a real part, or fail where every part has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
