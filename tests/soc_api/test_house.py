"""What playbooks are given: the shelf that comes along, with the city's own before it."""

import pathlib

import pytest
import sqlalchemy as sa

from playbooks.action.catalogue import ACTIONS
from playbooks.library.shelf import FOLDER
from situation.faults import Misconfigured
from situation.settings import Settings
from situation.state.tables import PlaybookVersion
from soc_api.house import install_playbooks, open_house
from soc_api.wiring import City, open_city


def _installed(city: City) -> dict[str, list[tuple[str, str]]]:
    with city.state.reading() as session:
        rows = session.scalars(sa.select(PlaybookVersion)).all()
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row.key, []).append((row.name_zh, row.state))
    return found


def _settings(folder: pathlib.Path, own: pathlib.Path | None = None) -> Settings:
    city = {"playbooks": own} if own else {}
    return Settings.model_validate({"store": {"folder": folder}, "city": city})


def test_the_shelf_is_installed_once(tmp_path: pathlib.Path) -> None:
    with open_city(_settings(tmp_path)) as city:
        forms = len(list(FOLDER.glob("*.yaml")))
        assert install_playbooks(city) == forms
        assert install_playbooks(city) == 0
        assert {state for rows in _installed(city).values() for _, state in rows} == {"published"}


def test_a_playbook_of_the_city_stands_in_the_place_of_ours(tmp_path: pathlib.Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    ours = (FOLDER / "mining.yaml").read_text(encoding="utf-8")
    (own / "mining.yaml").write_text(ours.replace("挖矿处置", "本市挖矿处置"), encoding="utf-8")
    with open_city(_settings(tmp_path / "data", own)) as city:
        install_playbooks(city)
        assert _installed(city)["mining"] == [("本市挖矿处置", "published")]


def test_a_faulty_form_of_the_city_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bad.yaml").write_text("key: x\nversion: one\n", encoding="utf-8")
    with (
        open_city(_settings(tmp_path / "data", tmp_path)) as city,
        pytest.raises(Misconfigured, match=r"bad\.yaml"),
    ):
        install_playbooks(city)


def test_the_house_has_every_action_and_point(tmp_path: pathlib.Path) -> None:
    with open_city(_settings(tmp_path)) as city:
        house = open_house(city)
    assert house.actions == ACTIONS
    assert set(house.points) == {"border", "resolver"}
