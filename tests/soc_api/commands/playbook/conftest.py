"""Fixtures of the tests of `citywatch playbook`."""

import pathlib
import shutil

import pytest

from tests.soc_api.commands.playbook.desk import Desk, furnish
from tests.soc_api.web.server import PASSWORD


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A desk with accounts, the shipped playbooks and those of the tests."""
    folder = tmp_path_factory.mktemp("desk")
    furnish(folder)
    return folder


@pytest.fixture
def desk(
    furnished: pathlib.Path,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Desk:
    """A copy of it, for one test."""
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("CITYWATCH_PASSWORD", PASSWORD)
    return Desk(tmp_path, monkeypatch, capsys)
