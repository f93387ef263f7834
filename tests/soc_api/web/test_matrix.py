"""Every route, every role, own and foreign department: what is allowed, and that nothing leaks.

The routes are those of the application, so that a new one joins by itself.
"""

import io
import itertools
import pathlib
import typing
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import httpx
import pypdf
import pytest
from fastapi import APIRouter
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import BaseRoute, Mount

from playbooks.action.catalogue import ACTIONS
from playbooks.execution.house import House
from situation.assets import Assets
from situation.settings import PointSettings
from situation.state.store import StateStore
from soc_api.accounts import add_account
from soc_api.permission import DEPARTMENT, ROLES, Permission
from soc_api.web.app import PAGES
from soc_api.web.guard import CONTENT_POLICY
from soc_api.web.visit import Gate
from soc_api.web.word import WORDS
from tests.soc_api.web.city import NOW, open_stores, plan, settle
from tests.soc_api.web.server import PASSWORD, Served, form_token, log_in, serving
from tests.soc_api.web.worlds import World, build, fingerprint

EXPORT = ("GET", "/export/{name}")
POINT = "border"
"""A point that a firewall polls by its key."""

PUBLIC = {
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/health"),
    ("GET", "/metrics"),
    EXPORT,
}
"""Routes for whoever asks; they tell nothing of what the tables hold, or ask for a key."""

OTHER_PARAMETERS = {"paper": "warning", "job_name": "sweep", "name": POINT, "form": "xlsx"}
"""What stands in a path beside the ids of records."""

OF_DRAFTS = {"/notices/{notice_id}/edit"}
"""Pages that are there for a draft alone."""

QUERIES: dict[str, dict[str, str]] = {}
"""What a page must be asked with, by its path."""

FORM_VALUES = {"day": "2027-01-01", "hour": "18:00", "truth": "true", "remove": ""}
"""Fields of forms that a text of any kind would not fit."""

CITY_ROLES = tuple(role for role in ROLES if role != DEPARTMENT)
PACKED = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Route:
    """A way of asking: method, path, and the right that it declares."""

    method: str
    path: str
    right: Permission | None
    route: APIRoute

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        """Names of what stands in the path."""
        return [field.name for field in self.route.dependant.path_params]

    @property
    def is_own(self) -> bool:
        """Whether departments come here."""
        return self.right is Permission.PORTAL


def _routes() -> list[Route]:
    return [
        Route(method, route.path, _right(route), route)
        for page in PAGES
        for route in page.router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


def _right(route: APIRoute) -> Permission | None:
    gates = [one.call for one in route.dependant.dependencies if isinstance(one.call, Gate)]
    return gates[-1].permission if gates else None


ROUTES = _routes()
GUARDED = [route for route in ROUTES if (route.method, route.path) not in PUBLIC]


@dataclass(frozen=True)
class Stage:
    """The city with two departments, and somebody logged in for each role."""

    served: Served
    own: World
    foreign: World
    city: Mapping[str, httpx.Client]
    visitor: httpx.Client
    """User of the department `own`."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("matrix")
    state, events = open_stores(folder)
    settle(state, events, alerts=8)
    own, foreign = build(state, "MarkOwn7Kq"), build(state, "MarkFar3Zx")
    _add_accounts(state, own)
    with serving(state, events, house=_house(folder)) as served:
        clients = {name: served.browser() for name in (*CITY_ROLES, DEPARTMENT)}
        for name, client in clients.items():
            assert log_in(client, name=f"of-{name}").status_code == 303
        visitor = clients.pop(DEPARTMENT)
        yield Stage(served, own, foreign, clients, visitor)
        for client in (*clients.values(), visitor):
            client.close()
    events.close()
    state.close()


def _house(folder: pathlib.Path) -> House:
    key_file = folder / "key"
    key_file.write_text("synthetic-key-of-the-border\n", encoding="utf-8")
    points = {POINT: PointSettings(type="http", key_file=key_file)}
    return House(plan=plan(), assets=Assets(()), points=points, actions=ACTIONS)


def _add_accounts(state: StateStore, own: World) -> None:
    with state.transaction() as session:
        for role in ROLES:
            add_account(
                session,
                NOW,
                name=f"of-{role}",
                display_name=f"of-{role}",
                password=PASSWORD,
                role=role,
                department=own.department if role == DEPARTMENT else None,
            )


def test_every_route_of_the_application_is_in_the_matrix(stage: Stage) -> None:
    routes = list(_flat(stage.served.app.routes))
    assert not [route for route in routes if not isinstance(route, APIRoute | Mount)]
    listed = {route.path for route in routes if isinstance(route, APIRoute)}
    assert listed == {route.path for route in ROUTES}


def _flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if isinstance(included, APIRouter):
            yield from _flat(included.routes)
        else:
            yield route


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_route_declares_its_right_or_is_public(route: Route) -> None:
    assert (route.right is None) == ((route.method, route.path) in PUBLIC), (
        f"{route} declares no right: give it dependencies=[allowed(Permission...)], or name it in "
        "PUBLIC of this test if it is for whoever asks"
    )


@pytest.mark.parametrize("route", [one for one in GUARDED if one.method != "GET"], ids=str)
def test_who_may_only_look_may_change_nothing(route: Route) -> None:
    assert not str(route.right).startswith("view_"), f"{route} changes something"


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_parameter_of_a_path_is_known_here(stage: Stage, route: Route) -> None:
    unknown = set(route.parameters) - stage.own.ids.keys() - OTHER_PARAMETERS.keys()
    assert not unknown, (
        f"{route}: let tests/soc_api/web/worlds.py make records for {', '.join(sorted(unknown))}, "
        "or name what stands there in OTHER_PARAMETERS of this test"
    )


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_a_stranger_is_asked_to_log_in(stage: Stage, route: Route) -> None:
    with stage.served.browser() as stranger:
        answer = stranger.request(route.method, _address(route, stage.own.ids))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")
    _see_headers(answer)


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_the_city_s_people_may_what_their_role_says(stage: Stage, route: Route) -> None:
    for role, client in stage.city.items():
        answer = client.request(route.method, _address(route, _fitting(stage, route)))
        _see_headers(answer)
        if route.right not in ROLES[role]:
            assert answer.status_code == 403, role
            assert WORDS[f"permission_{route.right}"][0] in answer.text, role
            _see_no_mark(answer, *stage.own.marks, *stage.foreign.marks)
        elif route.method == "GET":
            assert answer.status_code == 200, (role, answer.text)
        else:
            assert answer.status_code == 403, f"{role}: a change without the token of the login"
            assert "请求不是从本站页面发出的" in answer.text


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_a_department_finds_its_own_and_nothing_of_the_desk(stage: Stage, route: Route) -> None:
    answer = stage.visitor.request(route.method, _address(route, stage.own.ids))
    _see_headers(answer)
    _see_no_mark(answer, stage.own.draft_mark, stage.own.inner_mark, *stage.foreign.marks)
    if route.right not in ROLES[DEPARTMENT]:
        _see_no_mark(answer, stage.own.mark)
        assert answer.status_code == (303 if str(route) == "GET /" else 404)
    elif route.method == "GET":
        assert answer.status_code == 200
    else:
        assert answer.status_code == 403, "a change without the token of the login"


@pytest.mark.parametrize("route", [one for one in GUARDED if one.parameters], ids=str)
def test_what_is_foreign_reads_as_not_there_and_stays_as_it_is(stage: Stage, route: Route) -> None:
    before = fingerprint(stage.served.state, stage.foreign)
    token = form_token(stage.visitor.get("/portal").text)
    for ids in _strange(stage, route):
        answer = _ask(stage.visitor, route, ids, token)
        assert answer.status_code == 404, (ids, answer.text)
        _see_no_mark(answer, *stage.foreign.marks, stage.own.draft_mark)
        _see_headers(answer)
    assert fingerprint(stage.served.state, stage.foreign) == before


def test_a_department_that_opens_the_door_is_led_to_its_pages(stage: Stage) -> None:
    answer = stage.visitor.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/portal")
    with stage.served.browser() as client:
        for asked, gone_to in (
            ("/notices/x", "/portal"),
            ("", "/portal"),
            ("/portal/notices/x", "/portal/notices/x"),
        ):
            sent = {"name": f"of-{DEPARTMENT}", "password": PASSWORD, "next": asked}
            assert client.post("/login", data=sent).headers["location"] == gone_to


def test_the_marks_are_seen_where_they_belong(stage: Stage) -> None:
    own = stage.visitor.get("/portal")
    assert stage.own.mark in own.text
    desk = stage.city["analyst"]
    for world in (stage.own, stage.foreign):
        assert world.mark in desk.get("/notices", params={"status": "all"}).text
        assert world.mark in desk.get("/incidents").text


def test_only_the_public_routes_answer_without_a_login(stage: Stage) -> None:
    with stage.served.browser() as stranger:
        for method, path in sorted(PUBLIC - {EXPORT}):
            answer = stranger.request(method, path)
            assert answer.status_code in {200, 401}
            _see_headers(answer)
            _see_no_mark(answer, *stage.own.marks, *stage.foreign.marks)


@pytest.mark.parametrize("key", ["", "Bearer another-key"])
def test_a_list_without_its_key_is_nowhere_whether_or_not_there_is_such_a_point(
    stage: Stage, key: str
) -> None:
    with stage.served.browser() as stranger:
        answers = [
            stranger.get(f"/export/{name}", headers={"authorization": key} if key else {})
            for name in (POINT, "nowhere")
        ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    for answer in answers:
        _see_headers(answer)


def test_pages_of_departments_read_through_the_scope_alone() -> None:
    import soc_api.web.page.portal as page  # noqa: PLC0415 - the sources are read, not the names
    import soc_api.web.query.portal as query  # noqa: PLC0415 - as above

    scoped = ("Notice", "Feedback", "Attachment", "Extension", "RectificationItem", "Delivery")
    for module in (page, query):
        text = pathlib.Path(str(module.__file__)).read_text(encoding="utf-8")
        for line in text.splitlines():
            reads = [name for name in scoped if f"select({name})" in line or f"({name}, " in line]
            direct = [part for part in ("session.get(", "get_one(") if part in line]
            assert not direct, line
            assert not reads or "scope." in line, line


def _fitting(stage: Stage, route: Route) -> dict[str, str | int]:
    """Return the ids of records that the page of the city can show."""
    if route.path in OF_DRAFTS:
        return stage.own.ids | {"notice_id": stage.own.draft_id}
    return stage.own.ids


def _address(route: Route, ids: Mapping[str, str | int]) -> str:
    return route.path.format(**{**OTHER_PARAMETERS, **ids})


def _strange(stage: Stage, route: Route) -> Iterator[dict[str, str | int]]:
    """Yield every mixture of own and foreign ids but the one that is all own, and the draft."""
    own, foreign = stage.own.ids, stage.foreign.ids
    names = [name for name in route.parameters if name in own]
    for worlds in itertools.product((own, foreign), repeat=len(names)):
        if any(world is foreign for world in worlds):
            yield {name: world[name] for name, world in zip(names, worlds, strict=True)}
    if "notice_id" in names:
        yield {name: own[name] for name in names} | {"notice_id": stage.own.draft_id}


def _ask(
    client: httpx.Client, route: Route, ids: Mapping[str, str | int], token: str
) -> httpx.Response:
    address = _address(route, ids)
    if route.method == "GET":
        return client.get(address, params=QUERIES.get(route.path))
    return client.request(route.method, address, data={**_form(route), "form_token": token})


def _form(route: Route) -> dict[str, str]:
    """Return a form that passes the checks of its fields, so that the route itself is asked."""
    found: dict[str, str] = {}
    for field in route.route.dependant.body_params:
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= {name: _entry(name, one.annotation) for name, one in kind.model_fields.items()}
        elif type(field.field_info) is Form:
            found[field.name] = _entry(field.name, kind)
    return found


def _entry(name: str, kind: object) -> str:
    if name in FORM_VALUES:
        return FORM_VALUES[name]
    if typing.get_origin(kind) is typing.Literal:
        return str(typing.get_args(kind)[-1])
    return "1" if kind is int else "a text"


def _see_headers(answer: httpx.Response) -> None:
    headers = answer.headers
    assert headers["content-security-policy"] == CONTENT_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def _see_no_mark(answer: httpx.Response, *marks: str) -> None:
    said = "".join(_text_of(answer).split())
    for mark in marks:
        assert "".join(mark.split()) not in said, mark


def _text_of(answer: httpx.Response) -> str:
    """Return everything that an answer says: headers, and the text inside of documents."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    body = answer.text
    if kind == "application/pdf":
        pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
        body = "".join(page.extract_text() for page in pages)
    elif kind in PACKED:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            body = "".join(
                packed.read(name).decode("utf-8", "replace") for name in packed.namelist()
            )
    return f"{answer.headers} {body}"
