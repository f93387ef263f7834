"""What is scanned: a target by name, or a path or URL by hand."""

import pathlib

import pytest

from situation.faults import Malformed
from situation.settings import Settings
from soc_api.scan.target import check_there, target_of

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


@pytest.mark.parametrize("given", ["", "  "])
def test_an_empty_target_is_not_the_folder_of_here(given: str) -> None:
    with pytest.raises(Malformed, match="empty"):
        target_of(SETTINGS, given)


@pytest.mark.parametrize("given", ["/srv/nowhere/at-all", "gopher://files.example/share"])
def test_who_asks_is_told_that_nothing_is_there(given: str) -> None:
    target = target_of(SETTINGS, given)
    with pytest.raises(Malformed, match=r"no such file|nothing opens gopher"):
        check_there(target)


def test_a_folder_and_a_server_may_be_asked_for(tmp_path: pathlib.Path) -> None:
    check_there(target_of(SETTINGS, str(tmp_path)))
    check_there(target_of(SETTINGS, "hr"))
