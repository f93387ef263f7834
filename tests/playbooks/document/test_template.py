import pathlib
import tomllib
from typing import Any

import pytest

from playbooks.document.template import (
    FOLDER,
    NAMES,
    load_templates,
)
from situation.faults import Misconfigured
from tests.playbooks.document.golden import data_of

HEAD = """
subject = "{{ title }}"
number = "{{ number }}"
grade = ""
issuer = "{{ issuer }}"
date = "{{ on }}"
"""


def put(folder: pathlib.Path, blocks: str, name: str = "notice") -> pathlib.Path:
    (folder / f"{name}.toml").write_text(HEAD + blocks, encoding="utf-8")
    return folder


def test_the_templates_that_come_along_are_sound_and_complete() -> None:
    assert set(load_templates().names) == set(NAMES)
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_template_may_name_is_what_the_data_hold(name: str) -> None:
    assert set(data_of(name)) == NAMES[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_text_of_ours_is_in_both_languages(name: str) -> None:
    def chinese(value: Any) -> list[str]:  # noqa: ANN401 - whatever TOML holds
        if isinstance(value, dict) and set(value) == {"zh", "en"}:
            return chinese(value["en"])
        if isinstance(value, str):
            return [value] if any(each >= "\u3400" for each in value) else []
        if isinstance(value, int):
            return []
        parts = value.values() if isinstance(value, dict) else value
        return [found for part in parts for found in chinese(part)]

    read = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert chinese(read) == []


def test_a_city_replaces_a_template_by_its_name(tmp_path: pathlib.Path) -> None:
    own = put(tmp_path, '[[block]]\nkind = "title"\ntext = { zh = "本市格式", en = "our form" }\n')
    templates = load_templates(own)
    assert [block.text for block in templates.fill("notice", data_of("notice")).blocks] == [
        "本市格式"
    ]
    assert len(templates.fill("hazard", data_of("hazard")).blocks) > 5


def test_all_faults_are_told_at_once_with_file_and_block(tmp_path: pathlib.Path) -> None:
    put(tmp_path, '[[block]]\nkind = "title"\ntext = "{{ titel }}"\n')
    put(tmp_path, '[[block]]\nkind = "picture"\ntext = "x"\n', "hazard")
    put(
        tmp_path,
        '[[block]]\nkind = "list"\ntext = "x"\neach = "nobody"\nvalue = "{{ row }}"\n',
        "lift",
    )
    put(tmp_path, '[[block]]\nkind = "title"\ntext = "x"\ncolour = "red"\n', "course")
    put(tmp_path, "[[block]]\nkind = 'title'\ntext = 'x'\n", "letter")
    (tmp_path / "warning.toml").write_text("= nothing", encoding="utf-8")
    (tmp_path / "receipt.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured) as raised:
        load_templates(tmp_path)
    for told in (
        "notice.toml: blocks.1.text: nothing is called 'titel'",
        "hazard.toml: block.1: Input tag 'picture'",
        "lift.toml: blocks.1.each: nothing is called 'nobody'",
        "course.toml: block.1.title.colour: Extra inputs are not permitted",
        "letter.toml: no template is called that",
        "warning.toml: ",
        "receipt.toml: ",
    ):
        assert told in raised.value.reason


def test_a_row_is_known_only_where_there_is_one(tmp_path: pathlib.Path) -> None:
    column = '{ head = "{{ row.title }}", value = "{{ row.title }}" }'
    blocks = f'[[block]]\nkind = "table"\neach = "items"\ncolumn = [{column}]\n'
    with pytest.raises(
        Misconfigured, match=r"blocks\.1\.columns\.1\.head: nothing is called 'row'"
    ):
        load_templates(put(tmp_path, blocks))


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="no such folder"):
        load_templates(tmp_path / "nowhere")
