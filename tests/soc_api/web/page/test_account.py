import httpx
import pytest

from tests.soc_api.web.server import NAME, PASSWORD, Served, form_token, log_in

NEW = "another-synthetic-pass"


def _send(client: httpx.Client, **fields: str) -> httpx.Response:
    token = form_token(client.get("/account").text)
    given = {"old": PASSWORD, "new": NEW, "again": NEW, "form_token": token} | fields
    return client.post("/account/password", data=given)


def test_the_page_shows_who_one_is_and_where_one_is_logged_in(desk: Served) -> None:
    with desk.logged_in() as client, desk.logged_in():
        page = client.get("/account").text
    assert "值班长 周" in page
    assert page.count("最近使用") == 2
    assert page.count("<b>当前</b>") == 1


def test_another_password_keeps_this_login_and_ends_the_others(desk: Served) -> None:
    with desk.logged_in() as client, desk.logged_in() as other:
        answer = _send(client)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
        assert "口令已更换" in client.get("/account?done=password").text
        assert other.get("/").status_code == 303
    with desk.browser() as again:
        assert log_in(again).status_code == 401
        assert log_in(again, password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": "wrong"}, "现在的口令不对"),
        ({"again": "something-else-4711"}, "两次输入的新口令不同"),
        ({"new": "short", "again": "short"}, "新口令太短"),
        ({"new": NAME, "again": NAME}, "新口令太短"),
    ],
)
def test_a_password_that_cannot_be_is_said_so_and_nothing_changes(
    desk: Served, fields: dict[str, str], said: str
) -> None:
    with desk.logged_in() as client:
        answer = _send(client, **fields)
        assert (answer.status_code, said in answer.text) == (422, True)
        assert log_in(client).status_code == 303


def test_the_other_logins_end_when_one_says_so(desk: Served) -> None:
    with desk.logged_in() as client, desk.logged_in() as other:
        token = form_token(client.get("/account").text)
        client.post("/account/logins/end", data={"form_token": token})
        assert other.get("/").status_code == 303
        assert client.get("/account").text.count("最近使用") == 1
