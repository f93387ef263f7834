import re

import httpx

from situation.state.tables import AuditLine, CatalogueEntry, ScannedResource
from tests.soc_api.web.data_world import ARCHIVE, HR, RECIPE
from tests.soc_api.web.page.data.conftest import Survey, send
from tests.soc_api.web.server import form_token

ENTRY = {"department": HR, "dataset": "参保导出", "grade": "3", "pattern": "/share/public/**"}


def _row(page: str, name: str) -> str:
    start = page.index(f">{name}<")
    return " ".join(re.sub("<[^>]+>", " ", page[start : page.index("</tr>", start)]).split())


def _entries(survey: Survey) -> list[str]:
    with survey.served.state.reading() as session:
        return [row.dataset for row in session.query(CatalogueEntry).order_by("id")]


def test_what_is_declared_stands_against_what_was_found(officer: httpx.Client) -> None:
    page = officer.get("/data/catalogue").text
    row = _row(page, "门诊就诊")
    assert RECIPE in row
    assert "一般4级 已列入市目录 一般4级 1 处" in row
    assert "没有扫描到" in _row(page, "馆藏目录")


def test_more_than_was_declared_is_told(officer: httpx.Client) -> None:
    assert send(officer, "/data/catalogue", **ENTRY).status_code == 303
    row = _row(officer.get("/data/catalogue").text, "参保导出")
    assert "一般3级 一般4级 高于登记 1 处" in row


def test_places_that_nobody_declared_are_counted(officer: httpx.Client, survey: Survey) -> None:
    with survey.served.state.reading() as session:
        undeclared = (
            session.query(ScannedResource)
            .filter(ScannedResource.grade >= 3, ScannedResource.department == ARCHIVE)
            .count()
        )
    page = officer.get("/data/catalogue", params={"department": ARCHIVE}).text
    assert f"{undeclared} 处一般3级以上的数据未登记" in page
    assert HR not in page[page.index("<tbody") : page.index("</tbody>")]


def test_a_data_set_is_declared_under_a_label(officer: httpx.Client, survey: Survey) -> None:
    send(officer, "/data/catalogue", **ENTRY, registered="1")
    with survey.served.state.reading() as session:
        row = session.query(CatalogueEntry).filter_by(dataset="参保导出").one()
    assert (row.grade, row.registered, row.declared_by) == (3, True, "data_officer-1")
    assert len(row.label) == 64
    assert "标签不符" not in officer.get("/data/catalogue").text
    with survey.served.state.transaction() as session:
        session.get_one(CatalogueEntry, row.id).grade = 1
    assert "标签不符" in officer.get("/data/catalogue").text


def test_a_declaration_that_cannot_be_is_shown_again(officer: httpx.Client, survey: Survey) -> None:
    answer = send(officer, "/data/catalogue", **(ENTRY | {"department": "没有的单位"}))
    assert answer.status_code == 422
    assert "单位不在通讯录中" in answer.text
    assert 'value="参保导出"' in answer.text
    assert "参保导出" not in _entries(survey)


def test_the_same_data_set_is_not_declared_over(officer: httpx.Client) -> None:
    send(officer, "/data/catalogue", **ENTRY)
    assert send(officer, "/data/catalogue", **(ENTRY | {"grade": "1"})).status_code == 409


def test_an_entry_is_withdrawn_for_a_reason(officer: httpx.Client, survey: Survey) -> None:
    with survey.served.state.reading() as session:
        key = session.query(CatalogueEntry).filter_by(dataset="馆藏目录").one().id
    path = f"/data/catalogue/{key}/withdraw"
    assert send(officer, path, version=1, reason="").status_code == 409
    assert send(officer, path, version=1, reason="已并入").status_code == 303
    assert "馆藏目录" not in _entries(survey)
    with survey.served.state.reading() as session:
        line = session.query(AuditLine).filter_by(action="catalogue.withdraw").one()
    assert line.detail["reason"] == "已并入"
    assert send(officer, path, version=1, reason="又一次").status_code == 404


def _import(client: httpx.Client, content: bytes) -> httpx.Response:
    token = form_token(client.get("/data/catalogue").text)
    return client.post(
        "/data/catalogue/import", data={"form_token": token}, files={"file": ("x.csv", content)}
    )


def test_a_csv_file_of_the_office_is_taken_and_its_faults_told(
    officer: httpx.Client, survey: Survey
) -> None:
    text = f"单位,数据集,级别\n{HR},工伤材料,一般4级\n没有的单位,甲,一般1级\n"
    answer = _import(officer, text.encode("gb18030"))
    assert answer.status_code == 200
    assert "新增 1，更新 0，未变 0" in answer.text
    assert "1 行未导入" in answer.text
    assert "第 3 行" in answer.text
    assert "工伤材料" in _entries(survey)


def test_what_is_no_such_file_changes_nothing(officer: httpx.Client, survey: Survey) -> None:
    before = _entries(survey)
    for content in (b"\xff\xfe\x00\x00", b"a,b\n1,2\n", b"x" * 4_000_001):
        answer = _import(officer, content)
        assert answer.status_code == 422
        assert "这不是可用的 CSV" in answer.text
    assert _entries(survey) == before


def test_a_page_that_only_looks_makes_no_key(officer: httpx.Client, survey: Survey) -> None:
    assert officer.get("/data/catalogue").status_code == 200
    folder = survey.served.app.state.console.scanning.settings.store.folder
    assert not (folder / "scan.key").exists()
