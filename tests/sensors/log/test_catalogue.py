"""Every kind: its sample yields the documents beside it, and damage neither raises nor loses."""

import json
import pathlib

import polars as pl
import pytest

from sensors.log.catalogue import FAMILIES, KINDS, kind_named, kinds_named
from sensors.log.completion import Completion, Origin
from sensors.log.kind import FAULT, LogKind, SourceRules
from sensors.log.line import text_lines
from sensors.log.recognition import recognised
from situation.events.intake import check_batch
from situation.events.store import Batch
from situation.faults import Misconfigured
from situation.fields import BY_NAME, REST
from tests.sensors.log.damage import assert_survives, damaged
from tests.sensors.log.yielded import RECEIVED, documents

SAMPLES = pathlib.Path(__file__).parent / "samples"
MAPPED = [kind for kind in KINDS if (SAMPLES / f"{kind.name}.log").exists()]
AMBIGUOUS = {"apache-access"}
"""Its combined format is nginx's; only a virtual host in front tells them apart."""

each_mapped = pytest.mark.parametrize("kind", MAPPED, ids=lambda kind: kind.name)
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def _lines(kind: LogKind) -> list[str]:
    path = SAMPLES / f"{kind.name}.log"
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []


@each_mapped
def test_a_sample_yields_its_documents(kind: LogKind) -> None:
    text = (SAMPLES / f"{kind.name}.expected.jsonl").read_text(encoding="utf-8")
    assert documents(kind, _lines(kind)) == [json.loads(line) for line in text.splitlines()]


@each_mapped
def test_a_sample_is_recognised(kind: LogKind) -> None:
    guess = recognised(_lines(kind), KINDS)
    assert guess is not None
    assert guess.kind.name == kind.name or kind.name in AMBIGUOUS


@each_mapped
def test_damage_is_counted_and_never_raised(kind: LogKind) -> None:
    assert_survives(kind, damaged(_lines(kind)))


@each
def test_no_store_refuses_what_a_kind_yields_from_damage(kind: LogKind) -> None:
    texts = [*damaged(_lines(kind) or _lines(kind_named("json-lines")))[::7], "", " ", "\t", "{}"]
    lines = text_lines(texts)
    parsed = kind.parser(SourceRules()).parse(lines.text, RECEIVED)
    completed = Completion(Origin("id", kind.name, "s")).complete(parsed, lines, RECEIVED)
    assert completed.frame.height + completed.skipped.total() == len(texts)
    assert completed.faults.total() == completed.frame[FAULT].drop_nulls().len()
    for name, dtype in completed.frame.schema.items():
        assert dtype == (pl.String() if name == REST else BY_NAME[name].polars_type), name
    assert not check_batch(Batch("log", "b", completed.frame)).rejected


@each
def test_nothing_comes_of_nothing(kind: LogKind) -> None:
    lines = text_lines([])
    parsed = kind.parser(SourceRules()).parse(lines.text, RECEIVED)
    completed = Completion(Origin("id", kind.name, "s")).complete(parsed, lines, RECEIVED)
    assert completed.frame.is_empty()
    assert not completed.skipped


@each
def test_blank_lines_are_skipped_or_rows_with_a_fault(kind: LogKind) -> None:
    parsed = kind.parser(SourceRules()).parse(pl.Series(["", "   ", "\t"]), RECEIVED)
    assert parsed.frame.height + parsed.skipped.total() == 3


@each
def test_a_kind_is_found_by_its_name(kind: LogKind) -> None:
    assert kind_named(kind.name) is kind
    assert kind.title


def test_names_are_told_apart() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_an_unknown_kind_is_refused_with_the_kinds_that_there_are() -> None:
    with pytest.raises(Misconfigured, match="nginx-access"):
        kind_named("nginx-acces")


def test_a_mapping_of_the_operator_is_a_kind(tmp_path: pathlib.Path) -> None:
    mapping = tmp_path / "door.toml"
    mapping.write_text(
        'name = "door"\ntitle = "Doors"\nform = "pattern"\n'
        "[[patterns]]\npattern = 'door (?P<door>\\d+) (?P<event.action>\\w+)'\n"
    )
    found = documents(kind_named(str(mapping)), ["door 7 opened"])
    assert found == [{"event.action": "opened", REST: {"door": {"door": "7"}}}]


def test_a_product_stands_for_its_kinds() -> None:
    assert [kind.name for kind in kinds_named("zeek")] == ["zeek-tsv", "zeek-json"]
    assert [kind.name for kind in kinds_named("squid")] == ["squid"]
    assert set(FAMILIES).isdisjoint(kind.name for kind in KINDS)
    for name in FAMILIES:
        assert kinds_named(name)
