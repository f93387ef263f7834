import contextlib
import dataclasses
import logging
import os
import pathlib
from collections.abc import Iterator

import httpx
import pytest

from soc_api.web.query.data.scanning import Scanning
from tests.soc_api.web.page.data.conftest import Survey, send
from tests.soc_api.web.server import log_in

NUMBER = "440301199003070019"
"""The sheet's own test vector of an identity number."""


def test_kinds_and_rules_are_listed_with_their_law(officer: httpx.Client) -> None:
    page = officer.get("/data/rules").text
    for said in ("居民身份证号", "医疗健康信息", "V05", "数据安全法第二十七", "没有自定义规则"):
        assert said in page, said


def test_a_text_is_judged_and_not_given_back(
    officer: httpx.Client, survey: Survey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = send(officer, "/data/rules/try", text=f"姓名：张三\n身份证号：{NUMBER}\n")
    assert answer.status_code == 200
    assert "居民身份证号" in answer.text[answer.text.index('id="try"') :]
    assert NUMBER not in answer.text
    assert NUMBER not in caplog.text
    folder = survey.served.app.state.console.scanning.settings.store.folder
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if NUMBER.encode() in path.read_bytes()]


def test_a_text_without_anything_says_so(officer: httpx.Client) -> None:
    assert "没有发现需要保护的数据" in send(officer, "/data/rules/try", text="今天开会。").text


def test_a_mark_in_a_text_stops_the_reading(officer: httpx.Client) -> None:
    text = "机密★10年\n\n关于某事项的请示\n示办发〔2026〕3号\n" + "正文。\n" * 40
    answer = send(officer, "/data/rules/try", text=text).text
    assert "国家秘密" in answer
    assert "扫描会停在这里" in answer


def test_own_patterns_are_listed_and_their_faults_told(survey: Survey) -> None:
    folder = survey.served.app.state.console.scanning.settings.store.folder
    file = folder / "own.toml"
    said = '[patterns.case]\nzh = "案号"\nen = "case number"\nregex = "AH[0-9]{8}"\n'
    file.write_text(said, encoding="utf-8")
    with _patterned(survey, file) as client:
        assert "案号" in client.get("/data/rules").text
        file.write_text(said.replace("{8}", "*"), encoding="utf-8")
        os.utime(file, (1, 1))
        page = client.get("/data/rules").text
    assert "自定义规则有误" in page
    assert "patterns.case" in page


@contextlib.contextmanager
def _patterned(survey: Survey, file: pathlib.Path) -> Iterator[httpx.Client]:
    """Serve the same stores once more with a file of own patterns."""
    served = survey.served
    with survey.visit("data_officer"):
        settings = served.app.state.console.scanning.settings
    scan = settings.scan.model_copy(update={"patterns": file})
    own = Scanning(settings.model_copy(update={"scan": scan}))
    served.app.state.console = dataclasses.replace(served.app.state.console, scanning=own)
    with served.browser() as client:
        assert log_in(client, name="data_officer-1").status_code == 303
        yield client
