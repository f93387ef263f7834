"""What is scanned: a target by name, or a path or URL by hand."""

import pathlib

import pytest

from situation.faults import Malformed
from situation.settings import Settings
from soc_api.scan.target import target_of

SETTINGS = Settings.model_validate(
    {"scans": {"hr": {"url": "postgresql://reader:secret@db.example/hr", "department": "市人社局"}}}
)


def test_a_name_of_the_settings_comes_first() -> None:
    target = target_of(SETTINGS, "hr")
    assert (target.name, target.settings.department) == ("hr", "市人社局")
    assert "secret" not in target.location


def test_a_path_is_made_whole() -> None:
    target = target_of(SETTINGS, "some/folder", department="市教育局", zone="internet")
    assert target.location == str(pathlib.Path("some/folder").absolute())
    assert (target.settings.department, target.settings.zone) == ("市教育局", "internet")


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(Malformed, match="password_file") as refused:
        target_of(SETTINGS, "sftp://wang:geheim@files.example/share")
    assert "geheim" not in str(refused.value)


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(Malformed, match="zone"):
        target_of(SETTINGS, "/srv", zone="moon")
