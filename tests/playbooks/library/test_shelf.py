"""The shelf: folders of forms, the city's own before ours, every fault at once."""

import pathlib
import shutil

import pytest

from playbooks.library.shelf import FOLDER, read_shelf
from situation.faults import Misconfigured


def test_a_playbook_of_the_city_goes_before_ours(tmp_path: pathlib.Path) -> None:
    ours = (FOLDER / "mining.yaml").read_text(encoding="utf-8")
    own = ours.replace("{zh: 挖矿处置, en: Mining}", "{zh: 本市挖矿处置, en: Mining here}")
    (tmp_path / "mining.yaml").write_text(own, encoding="utf-8")
    shelf = read_shelf((FOLDER, tmp_path))
    assert shelf["mining"] != read_shelf()["mining"]
    assert set(shelf) == set(read_shelf())


def test_every_faulty_form_is_named_with_its_file(tmp_path: pathlib.Path) -> None:
    shutil.copy(FOLDER / "mining.yaml", tmp_path / "good.yaml")
    (tmp_path / "one.yaml").write_text("key: [", encoding="utf-8")
    (tmp_path / "two.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured) as refused:
        read_shelf((tmp_path,))
    assert "one.yaml" in str(refused.value)
    assert "two.yaml" in str(refused.value)
    assert "good.yaml" not in str(refused.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="is no folder"):
        read_shelf((tmp_path / "nowhere",))
