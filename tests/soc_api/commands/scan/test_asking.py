"""`citywatch scan ask|stop|declare`: asking the scanner, and the catalogue of departments."""

import json

from situation.state.tables import CatalogueEntry, ScanRun
from tests.soc_api.commands.scan.conftest import BUREAU, Desk

HEAD = "单位,数据集,级别,路径\n"


def _declared(desk: Desk) -> list[str]:
    with desk.city() as city, city.state.reading() as session:
        return [row.dataset for row in session.query(CatalogueEntry)]


def test_a_scan_is_asked_for_once_and_stopped(desk: Desk) -> None:
    asked = desk.says("ask", "share", "--as", "song", "--json")
    run = json.loads(asked.out)["run"]
    desk.refuses("under way already", "ask", "share", "--as", "song")
    desk.refuses("lacks the right", "stop", run, "--as", "sun")
    assert desk.says("stop", run, "--as", "song").out == f"Stopping {run}\n"
    with desk.city() as city, city.state.reading() as session:
        assert session.get_one(ScanRun, run).state == "stopped"
    desk.refuses("over already", "stop", run, "--as", "song")
    desk.refuses("", "stop", "no-such-run", "--as", "song")


def test_who_may_not_asks_for_nothing(desk: Desk) -> None:
    with desk.city() as city, city.state.reading() as session:
        before = session.query(ScanRun).count()
    desk.refuses("lacks the right", "ask", "share", "--as", "sun")
    desk.refuses("password_file", "ask", "mysql://a:synthetic-4711@127.0.0.1/x", "--as", "song")
    with desk.city() as city, city.state.reading() as session:
        assert session.query(ScanRun).count() == before


def test_a_catalogue_is_brought_in_whole(desk: Desk) -> None:
    file = desk.folder / "catalogue.csv"
    file.write_text(f"{HEAD}{BUREAU},学籍,一般3级,**/list.txt\n", encoding="utf-8")
    said = desk.says("declare", file, "--as", "song")
    assert (said.code, said.out) == (0, "1 declared, 0 changed, 0 as they were\n")
    assert desk.says("declare", file, "--as", "song").out.endswith("1 as they were\n")
    assert _declared(desk) == ["学籍"]


def test_a_catalogue_with_faults_is_refused_whole_with_their_lines(desk: Desk) -> None:
    file = desk.folder / "catalogue.csv"
    rows = (
        f"{BUREAU},学籍,一般3级,**/a",
        f"{BUREAU},成绩,一般9级,**/b",
        "别的局,名册,一般1级,**/c",
    )
    file.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    desk.refuses("line 3: ", "declare", file, "--as", "song")
    desk.refuses("line 4: ", "declare", file, "--as", "song")
    assert _declared(desk) == []
    file.write_bytes("单位".encode("gb18030"))
    desk.refuses("is no UTF-8", "declare", file, "--as", "song")
    desk.refuses("cannot be read", "declare", desk.folder / "none.csv", "--as", "song")
