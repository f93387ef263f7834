"""A mapping is checked whole before a line is read, and all its faults are told at once."""

import pathlib
from collections.abc import Mapping

import pytest

from sensors.log.mapping import document as form
from sensors.log.mapping.document import checked_document, read_document
from situation.faults import Misconfigured

SHIPPED = pathlib.Path(form.__file__).parents[1] / "kinds"

GOOD: Mapping[str, object] = {
    "name": "door",
    "title": "Doors",
    "form": "pattern",
    "patterns": [{"pattern": r"(?P<user.name>\S+) (?P<verb>\w+)"}],
}


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_mapping_is_sound_and_bears_the_name_of_its_file(path: pathlib.Path) -> None:
    assert read_document(path).name == path.stem


def test_the_example_of_the_description_is_a_mapping() -> None:
    text = (form.__doc__ or "").split("\n\n    name", 1)[1].split("\n\nA group or key", 1)[0]
    lines = ["name" + text.splitlines()[0], *(line[4:] for line in text.splitlines()[1:])]
    path_text = "\n".join(lines).replace('"""', "'''")
    import tomllib  # noqa: PLC0415 - of this test alone

    document = checked_document(tomllib.loads(path_text), where="doc")
    assert document.name == "door-control"
    assert document.times[0].zone == "UTC"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"colour": "red"}, "colour"),
        ({"name": "Door Control"}, "name"),
        ({"form": "poem"}, "form"),
        ({"constants": {"event.moodule": "x"}}, "event.moodule is no declared field"),
        ({"patterns": [{"pattern": "(?P<a>"}]}, "patterns.0"),
        ({"patterns": [{"pattern": "%{nothing}"}]}, "there is no fragment nothing"),
        ({"patterns": []}, "at least one"),
        ({"fields": {"src": "sauce.ip"}}, "sauce.ip is no declared field"),
        ({"times": [{"from": "t", "formats": ["soon"]}]}, "soon is no format"),
        ({"times": [{"from": "t", "formats": ["%H:%M:%S.%f"]}]}, "a fraction is written"),
        ({"times": [{"from": "t", "formats": ["iso"], "zone": "Moon/Base"}]}, "no time zone"),
        ({"times": [{"from": "t", "formats": []}]}, "times.0.formats"),
        ({"tables": [{"from": "verb", "to": "no.field", "values": {}}]}, "no.field"),
        ({"skip": [{"pattern": "(", "reason": "x"}]}, "skip.0.pattern"),
        ({"pair": "(?P<key>a)"}, "the groups key and value"),
        ({"certainty": 2}, "certainty"),
        ({"form": "csv", "patterns": []}, "names its columns"),
        ({"form": "json"}, "has the group _body"),
        ({"sample": ["alice opened", "alice"]}, "sample.1: no pattern fits it"),
        ({"likeness": ["["]}, "likeness.0"),
    ],
)
def test_a_fault_is_told_with_its_place(changed: Mapping[str, object], told: str) -> None:
    with pytest.raises(Misconfigured, match=told) as refused:
        checked_document({**GOOD, **changed}, where="door.toml")
    assert str(refused.value).startswith("door.toml: ")


def test_all_faults_are_told_at_once() -> None:
    wrong = {**GOOD, "colour": "red", "fields": {"a": "no.such"}, "separator": ";;"}
    with pytest.raises(Misconfigured) as refused:
        checked_document(wrong, where="x")
    assert all(word in str(refused.value) for word in ("colour", "no.such", "separator"))


@pytest.mark.parametrize("content", ["name = ", "\udcff"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: pathlib.Path, content: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(content, errors="surrogateescape")
    with pytest.raises(Misconfigured, match="is no TOML"):
        read_document(path)


def test_an_absent_file_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_document(tmp_path / "absent.toml")
