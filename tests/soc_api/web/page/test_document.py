import io

import docx
import pypdf
import pytest

from tests.soc_api.web.city import DRILL_NOTICE, NOTICE
from tests.soc_api.web.docket import HOUSING
from tests.soc_api.web.server import Served, form_token, logged_in_as

IDS = dict[str, str]


def _text(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def _word(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*lines, *cells])


def test_a_notice_comes_in_word(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        answer = client.get(f"/notices/{ids['recheck']}.docx")
    assert answer.status_code == 200
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    assert "attachment; filename*=UTF-8''" in answer.headers["content-disposition"]
    text = _word(answer.content)
    for words in ("房屋安全管理系统存在未授权访问", HOUSING, "接口接入统一认证"):
        assert words in text


@pytest.mark.parametrize("name", ["recheck", "supervised", "draft"])
def test_a_notice_comes_as_a_pdf(docket: Served, ids: IDS, name: str) -> None:
    with docket.logged_in() as client:
        answer = client.get(f"/notices/{ids[name]}.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert "示网隐通〔2026〕" in _text(answer.content)


def test_the_whole_course_is_one_document(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        answer = client.get(f"/notices/{ids['recheck']}/course.pdf")
    text = _text(answer.content)
    for words in ("旧版客户端已全部停用", "请补旧版客户端停用的证明", "复测截图.png", "部分整改"):
        assert words in text


def test_an_incident_s_notice_and_a_drill_s_have_a_document(docket: Served) -> None:
    with docket.logged_in() as client:
        real = _text(client.get(f"/notices/{NOTICE}.pdf").content)
        drill = _text(client.get(f"/notices/{DRILL_NOTICE}.pdf").content)
    assert "业务前置机失陷" in real
    assert "演练" in drill
    assert "演练" not in real


def test_a_document_speaks_the_reader_s_language(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        token = form_token(client.get("/").text)
        client.post("/account/language", data={"form_token": token})
        text = _text(client.get(f"/notices/{ids['issued']}.pdf").content)
    assert "hazard" in text.lower()


@pytest.mark.parametrize("path", [".docx", ".pdf", "/course.pdf"])
def test_there_is_no_document_of_no_notice(docket: Served, path: str) -> None:
    with docket.logged_in() as client:
        assert client.get(f"/notices/none{path}").status_code == 404


def test_a_department_has_no_document_of_the_desk(docket: Served, ids: IDS) -> None:
    with logged_in_as(docket, "department", department=HOUSING) as client:
        assert client.get(f"/notices/{ids['recheck']}.pdf").status_code == 404
