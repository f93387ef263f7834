import datetime as dt

import httpx
import pytest

from playbooks.person import SYSTEM
from soc_api.accounts import end_account
from tests.soc_api.web.server import NAME, PASSWORD, Served, form_token, log_in


def test_the_right_password_lets_in_with_a_strict_cookie(desk: Served) -> None:
    with desk.browser() as client:
        answer = log_in(client)
        page = client.get("/")
    cookie = answer.headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"} <= set(cookie)
    assert "Secure" not in cookie
    assert page.status_code == 200
    assert "值班长 周" in page.text


def test_a_wrong_password_is_refused_in_words(desk: Served) -> None:
    with desk.browser() as client:
        answer = log_in(client, password="wrong")
    assert answer.status_code == 401
    assert "账号或口令不对" in answer.text
    assert f'value="{NAME}"' in answer.text
    assert "set-cookie" not in answer.headers


def test_too_many_wrong_tries_have_to_wait(desk: Served) -> None:
    with desk.browser() as client:
        for _ in range(5):
            log_in(client, password="wrong")
        answer = log_in(client)
        assert answer.status_code == 429
        assert "请 15 分后再试" in answer.text
        desk.clock.advance(dt.timedelta(minutes=15))
        assert log_in(client).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_a_form_of_another_site_is_not_carried_out(desk: Served, headers: dict[str, str]) -> None:
    with desk.browser() as client:
        answer = client.post("/login", data={"name": NAME, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("token", ["", "x"])
def test_a_change_needs_the_token_of_the_login(desk: Served, token: str) -> None:
    with desk.logged_in() as client:
        answer = client.post("/account/theme", data={"form_token": token})
        page = client.get("/").text
    assert answer.status_code == 403
    assert 'data-theme="auto"' in page


def test_logging_out_ends_the_login_on_the_server(desk: Served) -> None:
    with desk.logged_in() as client:
        token = client.cookies["citywatch"]
        answer = client.post("/logout", data={"form_token": form_token(client.get("/").text)})
        assert answer.headers["location"] == "/login"
        client.cookies.set("citywatch", token)
        assert client.get("/").status_code == 303


def test_a_login_ends_after_its_hours_however_busy(desk: Served) -> None:
    with desk.logged_in() as client:
        for _ in range(23):
            desk.clock.advance(dt.timedelta(minutes=30))
            assert client.get("/").status_code == 200
        desk.clock.advance(dt.timedelta(minutes=30))
        assert client.get("/").status_code == 303


def test_a_login_that_nobody_uses_ends_within_the_hour(desk: Served) -> None:
    with desk.logged_in() as client:
        desk.clock.advance(dt.timedelta(minutes=59))
        assert client.get("/").status_code == 200
        desk.clock.advance(dt.timedelta(minutes=60))
        assert client.get("/").status_code == 303


def test_logging_in_again_gives_another_token_and_ends_the_old_one(desk: Served) -> None:
    with desk.logged_in() as client:
        old = client.cookies["citywatch"]
        log_in(client)
        assert client.cookies["citywatch"] != old
        with desk.browser() as thief:
            thief.cookies.set("citywatch", old)
            assert thief.get("/").status_code == 303


def test_an_account_that_was_ended_is_out_at_once(desk: Served) -> None:
    with desk.logged_in() as client:
        with desk.state.transaction() as session:
            end_account(session, NAME, by=SYSTEM, now=desk.clock.now())
        assert client.get("/").status_code == 303
        assert log_in(client).status_code == 401


@pytest.mark.parametrize(
    ("asked", "gone_to"),
    [
        ("/alerts?severity=4", "/alerts?severity=4"),
        ("//evil.example/x", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_after_the_login_one_stays_on_the_site(desk: Served, asked: str, gone_to: str) -> None:
    with desk.browser() as client:
        answer = client.post("/login", data={"name": NAME, "password": PASSWORD, "next": asked})
    assert answer.headers["location"] == gone_to


def test_language_and_theme_are_kept_in_the_account(desk: Served) -> None:
    with desk.logged_in() as client:
        token = form_token(client.get("/").text)
        for path in ("/account/language", "/account/theme"):
            answer = client.post(path, data={"form_token": token, "next": "/alerts"})
            assert answer.headers["location"] == "/alerts"
    with desk.logged_in() as other:
        page = other.get("/").text
        lost = other.get("/nothing").text
    assert '<html lang="en" data-theme="light"' in page
    assert ">Overview<" in page
    assert '<html lang="en" data-theme="light"' in lost
    assert "No such page" in lost


def test_the_theme_goes_round_and_the_language_back(desk: Served) -> None:
    with desk.logged_in() as client:
        token = form_token(client.get("/").text)
        for theme in ("light", "dark", "auto"):
            client.post("/account/theme", data={"form_token": token})
            assert f'data-theme="{theme}"' in client.get("/").text
        for language in ("en", "zh-CN"):
            client.post("/account/language", data={"form_token": token})
            assert f'<html lang="{language}"' in client.get("/").text


@pytest.mark.parametrize(("asked", "word"), [("zh", "口令"), ("en", "Password"), ("xx", "口令")])
def test_the_login_page_speaks_both_languages(desk: Served, asked: str, word: str) -> None:
    with desk.browser() as client:
        assert word in client.get("/login", params={"lang": asked}).text


def test_a_name_with_markup_is_shown_as_text(desk: Served) -> None:
    with desk.browser() as client:
        page: httpx.Response = log_in(client, name='"><script>alert(1)</script>')
    assert "<script" not in page.text
    assert "&#34;&gt;&lt;script&gt;" in page.text
