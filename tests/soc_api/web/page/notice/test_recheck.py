import re

import httpx
import pytest
import sqlalchemy as sa

from situation.state.tables import Account, Extension, Feedback, Notice, RectificationItem
from tests.soc_api.web.city import NOW
from tests.soc_api.web.docket import HOUSING
from tests.soc_api.web.server import NAME, Served, form_token, logged_in_as

IDS = dict[str, str]
LATER = "2026-03-21 18:00"


def _send(client: httpx.Client, notice_id: str, path: str, **typed: str) -> httpx.Response:
    page = client.get(f"/notices/{notice_id}").text
    found = re.search(r'name="version" value="(\d+)"', page)
    form = {"form_token": form_token(page), "version": found[1] if found else "0"} | typed
    return client.post(f"/notices/{notice_id}/{path}", data=form)


def _notice(docket: Served, notice_id: str) -> Notice:
    with docket.state.reading() as session:
        return session.get_one(Notice, notice_id)


def _last_item(docket: Served, notice_id: str) -> RectificationItem:
    with docket.state.reading() as session:
        query = sa.select(RectificationItem).where(RectificationItem.notice_id == notice_id)
        return session.scalars(query.order_by(RectificationItem.position.desc())).first() or (
            pytest.fail("there is no item")
        )


def _wish(docket: Served, notice_id: str) -> Extension:
    with docket.state.reading() as session:
        query = sa.select(Extension).where(Extension.notice_id == notice_id)
        return session.scalars(query).one()


def _fix(client: httpx.Client, docket: Served, notice_id: str) -> None:
    for act in ("retest", "fix"):
        item = _last_item(docket, notice_id)
        version = str(item.version)
        answer = _send(client, notice_id, f"items/{item.id}", act=act, version=version, remark="通")
        assert answer.status_code == 303


def test_the_reviewer_sees_both_rounds_their_proof_and_what_was_said(
    docket: Served, ids: IDS
) -> None:
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['recheck']}").text
        proof = re.search(rf'href="(/notices/{ids["recheck"]}/files/\w+)"', page)
        assert proof is not None
        file = client.get(proof[1])
    for words in ("反馈（第 2 次）", "旧版客户端已全部停用", "第 1 次：部分整改", "请补旧版客户端"):
        assert words in page
    assert "2 / 3 项" in page
    assert file.content.startswith(b"\x89PNG")
    assert file.headers["content-disposition"].startswith("attachment;")
    assert file.headers["content-type"] == "application/octet-stream"


def test_a_file_is_found_below_its_own_notice_only(docket: Served, ids: IDS) -> None:
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['recheck']}").text
        proof = re.search(r"/files/(\w+)", page)
        assert proof is not None
        assert client.get(f"/notices/{ids['passed']}/files/{proof[1]}").status_code == 404
        assert client.get(f"/notices/{ids['recheck']}/files/none").status_code == 404


def test_nothing_passes_while_an_item_is_open_and_all_passes_after(
    docket: Served, ids: IDS
) -> None:
    notice_id = ids["recheck"]
    with docket.logged_in() as client:
        page = client.get(f"/notices/{notice_id}").text
        assert re.search(r'value="passed" disabled>通过 · 整改项未全部消除', page)
        assert _send(client, notice_id, "review", verdict="passed").status_code == 409
        _fix(client, docket, notice_id)
        answer = _send(client, notice_id, "review", verdict="passed", opinion="外网复测通过")
        assert answer.status_code == 303
        page = client.get(f"/notices/{notice_id}").text
        assert "已整改，复测，值班长 周" in page
        assert _send(client, notice_id, "archive").status_code == 303
    notice = _notice(docket, notice_id)
    assert (notice.status, notice.closed_at) == ("archived", NOW)
    with docket.state.reading() as session:
        row = session.scalars(
            sa.select(Feedback).where(Feedback.notice_id == notice_id, Feedback.round == 2)
        ).one()
    assert (row.verdict, row.reviewed_by, row.method) == ("passed", NAME, "retest")


def test_an_answer_is_returned_with_what_is_missing_and_a_new_deadline(
    docket: Served, ids: IDS
) -> None:
    notice_id = ids["recheck"]
    with docket.logged_in() as client:
        answer = _send(
            client,
            notice_id,
            "review",
            verdict="returned",
            shortfall="failed",
            method="on_site",
            opinion="现场仍可访问",
            feedback_due=LATER,
        )
        page = client.get(f"/notices/{notice_id}").text
    assert answer.status_code == 303
    notice = _notice(docket, notice_id)
    assert (notice.status, notice.returns) == ("handling", 2)
    assert notice.feedback_due.isoformat() == "2026-03-21T10:00:00+00:00"
    assert "退回 2 次" in page
    assert "未整改，现场" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"opinion": "", "feedback_due": LATER}, "退回要写明补什么。"),
        ({"opinion": "缺截图", "feedback_due": ""}, "新时限须晚于现在"),
        ({"opinion": "缺截图", "feedback_due": "2026-03-01T10:00"}, "新时限须晚于现在"),
        ({"opinion": "缺截图", "feedback_due": "next week"}, "新时限须晚于现在"),
    ],
)
def test_a_return_without_points_or_time_is_asked_for_them(
    docket: Served, ids: IDS, typed: dict[str, str], said: str
) -> None:
    with docket.logged_in() as client:
        answer = _send(client, ids["recheck"], "review", verdict="returned", **typed)
    assert answer.status_code == 422
    form = answer.text[answer.text.index('id="review"') :]
    assert said in form
    assert 'aria-invalid="true"' in form
    assert typed["opinion"] in form
    # The recheck was not begun either: it is one transaction.
    assert _notice(docket, ids["recheck"]).status == "answered"


def test_whoever_answered_cannot_recheck(docket: Served, ids: IDS) -> None:
    with docket.state.transaction() as session:
        session.execute(
            sa.update(Feedback)
            .where(Feedback.notice_id == ids["recheck"])
            .values(submitted_by=NAME)
        )
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['recheck']}").text
        answer = _send(
            client, ids["recheck"], "review", verdict="returned", opinion="x", feedback_due=LATER
        )
    assert "通过 · 须由第二人办理" in page
    assert answer.status_code == 409
    assert "须由第二人办理" in answer.text


def test_only_a_reviewer_is_shown_the_recheck(docket: Served, ids: IDS) -> None:
    with logged_in_as(docket, "viewer") as client:
        page = client.get(f"/notices/{ids['recheck']}").text
        form = {"form_token": form_token(page), "version": "1", "verdict": "passed"}
        assert client.post(f"/notices/{ids['recheck']}/review", data=form).status_code == 403
    assert 'id="review"' not in page
    assert "btn--go" not in page


def test_a_wish_for_more_time_is_granted(docket: Served, ids: IDS) -> None:
    wish = _wish(docket, ids["wish"])
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['wish']}").text
        assert "设备须停机更换" in page
        assert 'data-key="y"' in page
        answer = _send(client, ids["wish"], f"extensions/{wish.id}", decision="grant")
        page = client.get(f"/notices/{ids['wish']}").text
    assert answer.status_code == 303
    assert _notice(docket, ids["wish"]).feedback_due == wish.until
    assert "已同意" in page
    assert 'data-key="y"' not in page


def test_a_wish_is_refused_with_a_reason_or_not_at_all(docket: Served, ids: IDS) -> None:
    wish = _wish(docket, ids["wish"])
    with docket.logged_in() as client:
        bare = _send(client, ids["wish"], f"extensions/{wish.id}", decision="refuse")
        assert bare.status_code == 422
        assert "请写明理由。" in bare.text[bare.text.index('id="wish"') :]
        answer = _send(
            client, ids["wish"], f"extensions/{wish.id}", decision="refuse", remark="已延过一次"
        )
        page = client.get(f"/notices/{ids['wish']}").text
        again = _send(client, ids["wish"], f"extensions/{wish.id}", decision="grant")
    assert answer.status_code == 303
    assert "未同意" in page
    assert "已延过一次" in page
    assert again.status_code == 409


def test_wishes_and_items_are_found_below_their_own_notice_only(docket: Served, ids: IDS) -> None:
    wish, item = _wish(docket, ids["wish"]), _last_item(docket, ids["recheck"])
    with docket.logged_in() as client:
        for path, typed in (
            (f"extensions/{wish.id}", {"decision": "grant"}),
            (f"items/{item.id}", {"act": "retest"}),
        ):
            assert _send(client, ids["passed"], path, **typed).status_code == 404
    assert _wish(docket, ids["wish"]).state == "asked"


def test_an_item_that_fails_its_retest_goes_back(docket: Served, ids: IDS) -> None:
    item = _last_item(docket, ids["recheck"])
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['recheck']}").text
        assert page.count('value="retest"') == 2
        _send(client, ids["recheck"], f"items/{item.id}", act="retest", version=str(item.version))
        item = _last_item(docket, ids["recheck"])
        _send(
            client,
            ids["recheck"],
            f"items/{item.id}",
            act="fail",
            version=str(item.version),
            remark="端口仍开放",
        )
        page = client.get(f"/notices/{ids['recheck']}").text
        stale = _send(client, ids["recheck"], f"items/{item.id}", act="retest", version="1")
    assert _last_item(docket, ids["recheck"]).state == "not_fixed"
    assert "端口仍开放" in page
    assert stale.status_code == 409


def test_people_are_shown_by_their_names(docket: Served, ids: IDS) -> None:
    with docket.state.transaction() as session:
        row = session.get_one(Notice, ids["recheck"])
        account = session.scalars(sa.select(Account).where(Account.name == NAME)).one()
        row.issued_by = account.name
    with docket.logged_in() as client:
        page = client.get(f"/notices/{ids['recheck']}").text
    assert "值班长 周 于 15 日 14:17 签发" in page
    assert HOUSING in page
