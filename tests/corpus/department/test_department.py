"""The demo department: believable, of all formats, the same by its seed, and its truth is true."""

import ast
import csv
import hashlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import zipfile
from typing import Any

import pytest

from corpus.department import building
from corpus.department.item import NAME
from tests.testdata import ROOT

OURS = {"situation", "sensors", "detect", "playbooks", "soc_api"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("department")
    command = [sys.executable, "-m", "corpus.department", "--out", str(folder / "share")]
    more = ["--truth", str(folder / "truth.json"), "--planted", str(folder / "planted.txt")]
    subprocess.run([*command, *more], check=True, timeout=120, cwd=ROOT, capture_output=True)
    return folder


def truth(made: pathlib.Path) -> list[dict[str, Any]]:
    document = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    assert document["department"] == NAME
    files: list[dict[str, Any]] = document["files"]
    return files


def planted(made: pathlib.Path) -> list[tuple[str, str]]:
    lines = (made / "planted.txt").read_text(encoding="utf-8").splitlines()
    return [(kind, value) for kind, _, value in (line.partition("\t") for line in lines)]


def test_it_is_a_department_of_the_scenarios_city() -> None:
    with (ROOT / "pcaps" / "city.csv").open(encoding="utf-8") as file:
        assert NAME in {row["department"] for row in csv.DictReader(file)}


def test_every_file_of_the_truth_is_there_and_no_other(made: pathlib.Path) -> None:
    share = made / "share"
    there = {str(path.relative_to(share)) for path in share.rglob("*") if path.is_file()}
    assert there - {"catalogue.csv"} == {file["path"] for file in truth(made)}
    assert len(there) > 120


def test_all_formats_are_there(made: pathlib.Path) -> None:
    ends = {pathlib.PurePath(file["path"]).suffix for file in truth(made)}
    office = ".docx .xlsx .pptx .pdf .ofd .doc .xls .wps .et .dps .eml .msg .mbox .parquet .db .png"
    plain = ".zip .7z .rar .gz .xz .html .xml .json .jsonl .sql .csv .tsv .txt .md"
    assert {*office.split(), *plain.split()} <= ends


def test_marks_violations_and_unreadable_files_are_there(made: pathlib.Path) -> None:
    files = truth(made)
    broken = {rule for file in files for rule in file["violations"]}
    assert {"V01", "V02", "V03", "V04", "V05", "V06", "V07", "V09", "V10", "V11", "V12"} <= broken
    assert sum(any(mark["classed"] == "secret" for mark in file["marks"]) for file in files) > 20
    assert {"encrypted", "truncated", "unknown_type", "path"} <= {
        reason for file in files for reason in file["unreadable"]
    }
    assert {0, 1, 2, 3, 4} <= {file["grade"] for file in files}


def test_many_files_are_innocent(made: pathlib.Path) -> None:
    assert sum(not file["violations"] for file in truth(made)) > 60


def test_the_public_share_is_open_and_nothing_else(made: pathlib.Path) -> None:
    for file in truth(made):
        mode = (made / "share" / file["path"]).stat().st_mode & 0o777
        assert mode == (0o644 if file["path"].startswith("公共共享/") else 0o600), file["path"]


def test_planted_values_lie_in_the_files(made: pathlib.Path) -> None:
    content = b"".join(
        path.read_bytes()
        for path in (made / "share").rglob("*")
        if path.suffix in {".csv", ".db", ".json"}
    )
    values = planted(made)
    assert len(values) > 10_000
    found = sum(value.encode() in content for _, value in values[::50])
    assert found > len(values[::50]) * 0.5


def test_planted_values_are_long_enough_to_be_searched_for(made: pathlib.Path) -> None:
    assert not [value for _, value in planted(made) if len(value) < 3]
    assert {"resident_id", "mobile", "bank_card", "password", "token"} <= {
        k for k, _ in planted(made)
    }


def test_the_databases_hold_their_tables(made: pathlib.Path) -> None:
    for file in truth(made):
        if "tables" in file:
            database = sqlite3.connect(made / "share" / file["path"])
            names = {row[0] for row in database.execute("select name from sqlite_master")}
            database.close()
            assert set(file["tables"]) <= names


def test_office_files_are_whole_zips(made: pathlib.Path) -> None:
    broken = {file["path"] for file in truth(made) if file["unreadable"]}
    for path in (made / "share").rglob("*"):
        name = str(path.relative_to(made / "share"))
        if path.suffix in {".docx", ".xlsx", ".pptx", ".ofd", ".zip"} and name not in broken:
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None


def test_the_catalogue_has_the_columns_of_the_import(made: pathlib.Path) -> None:
    text = (made / "share" / "catalogue.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {"单位", "数据集", "级别", "路径", "开放属性", "所属系统", "审批", "公开发布"} <= set(
        rows[0]
    )
    assert {row["单位"] for row in rows} == {NAME}


def digest(folder: pathlib.Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return whole.hexdigest()


def test_the_same_seed_makes_the_same_octets(made: pathlib.Path, tmp_path: pathlib.Path) -> None:
    building.build(tmp_path / "again", "1")
    assert digest(tmp_path / "again") == digest(made / "share")


def test_the_corpus_imports_nothing_of_what_it_tries() -> None:
    for path in (ROOT / "corpus").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not {alias.name.split(".")[0] for alias in node.names} & OURS, path
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in OURS, path
