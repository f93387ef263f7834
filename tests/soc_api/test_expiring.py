"""Whole days go by the command line, and only after they were shown."""

import json
import pathlib

import polars as pl
import pytest

from situation.events.opening import open_event_store
from situation.events.store import Batch
from situation.fields import frame_schema
from soc_api.commands.expiring import drop_command, retain_command

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
OLD = 20_000 * DAY
"""2024-10-04."""


@pytest.fixture
def config(tmp_path: pathlib.Path) -> pathlib.Path:
    store = open_event_store(str(tmp_path / "data" / "events"))
    store.setup()
    for dataset in ("flow", "log"):
        rows = {"@timestamp": [OLD, OLD + DAY], "event.id": ["a", "b"]}
        frame = pl.DataFrame(rows).cast(dict(frame_schema(tuple(rows)).items()))
        store.write(Batch(dataset, "batch", frame))
    store.close()
    path = tmp_path / "citywatch.toml"
    path.write_text(
        f'[store]\nfolder = "{tmp_path}/data"\nretention_days = {{ flow = 30, flwo = 7 }}\n'
    )
    return path


def days(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    told = json.loads(capsys.readouterr().out)
    return [(day["dataset"], day["day"]) for day in told["days"]]


def test_what_is_kept_no_longer_is_shown_and_goes_only_when_it_is_said(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expired = [("flow", "2024-10-04"), ("flow", "2024-10-05")]
    retain_command(config=config, as_json=True)
    assert days(capsys) == expired
    retain_command(config=config, as_json=True)
    assert days(capsys) == expired
    retain_command(config=config, yes=True, as_json=True)
    assert days(capsys) == expired
    retain_command(config=config, as_json=True)
    assert days(capsys) == []


def test_a_row_of_which_the_store_holds_nothing_is_told(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    retain_command(config=config)
    assert "names flwo, of which the store holds nothing" in capsys.readouterr().err


def test_days_before_a_date_go_of_one_dataset_or_of_all(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = pl.Series(["2024-10-05"]).str.to_datetime("%Y-%m-%d").item()
    drop_command(second, dataset="log", yes=True, config=config, as_json=True)
    assert days(capsys) == [("log", "2024-10-04")]
    drop_command(second, config=config, as_json=True)
    assert days(capsys) == [("flow", "2024-10-04")]
