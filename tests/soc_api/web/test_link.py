from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_api.web.link import Linker, local_path


def test_an_address_stays_in_its_drill_and_leaves_out_what_is_empty() -> None:
    address = Linker("drill-1").to("/alerts", {"severity": ["4", "3"], "text": "", "page": None})
    assert address == "/alerts?severity=4&severity=3&drill=drill-1"
    assert Linker().to("/alerts", {"status": ""}) == "/alerts"


@given(st.dictionaries(st.sampled_from(["text", "department"]), st.text(min_size=1)))
def test_any_text_comes_back_out_of_the_address(parameters: dict[str, str]) -> None:
    address = Linker().to("/alerts", dict(parameters))
    found = parse_qs(urlsplit(address).query, keep_blank_values=True)
    assert found == {name: [value] for name, value in parameters.items()}


@pytest.mark.parametrize("path", ["/", "/alerts?severity=4&text=%2F", "/incidents/SJ-1#timeline"])
def test_a_path_of_the_console_is_kept(path: str) -> None:
    assert local_path(path) == path


@given(st.text())
def test_no_path_leads_to_another_host(asked: str) -> None:
    joined = httpx.URL("http://127.0.0.1:8420/login").join(local_path(asked))
    assert joined.host == "127.0.0.1"
