"""OpenC2 to a real HTTP server that keeps rules and knows repeats."""

import json
import pathlib
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from playbooks.action.action import Outcome, Refused
from playbooks.action.containing.openc2 import (
    MEDIA_TYPE,
    OPENC2,
    OPENC2_QUERY,
    CommandParameters,
    QueryParameters,
)
from playbooks.action.means import Means
from playbooks.machine import Refusal
from situation.faults import Unavailable
from situation.settings import ActuatorSettings
from situation.state.store import StateStore
from tests.playbooks.action.containing.errand import errand, means
from tests.playbooks.measure.site import HOUR, NOW, scene
from tests.playbooks.outbox.servers import Got, Receiver, Reply, receiving, tls

NET = {"ipv4_net": "198.51.100.23/32"}
PATH = "/.well-known/openc2"


class Filter:
    """A packet filter that obeys OpenC2: rules by number, answers by the id of the command."""

    def __init__(self) -> None:
        self.rules: dict[int, object] = {}
        self.answers: dict[str, dict[str, object]] = {}
        self.done = 0
        self.names_rules = True

    def __call__(self, got: Got) -> Reply:
        message = json.loads(got.body)
        command = message["body"]["openc2"]["request"]
        key = command["command_id"]
        if key not in self.answers:
            self.done += 1
            self.answers[key] = self._obey(command)
        said = {"headers": {"request_id": key}, "body": {"openc2": {"response": self.answers[key]}}}
        status = self.answers[key]["status"]
        assert isinstance(status, int)
        return Reply(status, {"Content-Type": MEDIA_TYPE}, json.dumps(said).encode())

    def _obey(self, command: dict[str, dict[str, object]]) -> dict[str, object]:
        action, target = str(command["action"]), command["target"]
        if action == "query":
            return {"status": 200, "results": {"versions": ["1.0"]}}
        if action == "delete":
            found = self.rules.pop(int(str(target["slpf:rule_number"])), None)
            return {"status": 200 if found else 404}
        if action == "allow":
            self.rules = {number: one for number, one in self.rules.items() if one != target}
            return {"status": 200}
        number = 1000 + self.done
        self.rules[number] = target
        named = {"results": {"slpf": {"rule_number": number}}} if self.names_rules else {}
        return {"status": 200, **named}


@pytest.fixture
def filter_() -> Filter:
    return Filter()


@pytest.fixture
def server(filter_: Filter) -> Iterator[Receiver]:
    with receiving(filter_) as running:
        yield running


@pytest.fixture
def ways(server: Receiver, tmp_path: pathlib.Path) -> Iterator[Means]:
    (tmp_path / "token").write_text("synthetic-token\n")
    border = ActuatorSettings(
        type="openc2",
        url=f"{server.url}{PATH}",
        allow_loopback=True,
        token_file=tmp_path / "token",
    )
    with means(tmp_path, {"fw": border, "box": ActuatorSettings(type="ssh")}) as given:
        yield given


def command(ways: Means, key: str = "step-1", **more: object) -> Outcome:
    assert OPENC2.outside is not None
    said = {"actuator": "fw", "action": "deny", "target": NET, **more}
    return OPENC2.outside(errand(ways, key), CommandParameters.model_validate(said))


def undo(ways: Means, outcome: Outcome, key: str = "undo-1") -> Outcome:
    assert OPENC2.undo_outside is not None
    return OPENC2.undo_outside(errand(ways, key), json.loads(json.dumps(outcome.undo)))


def test_a_command_is_sent_as_the_standard_says(ways: Means, server: Receiver) -> None:
    outcome = command(ways, args={"response_requested": "complete"})
    got = server.got[0]
    assert (got.method, got.path) == ("POST", PATH)
    assert got.headers["content-type"] == got.headers["accept"] == MEDIA_TYPE
    assert got.headers["x-request-id"] == "step-1"
    assert got.headers["authorization"] == "Bearer synthetic-token"
    assert json.loads(got.body) == {
        "headers": {
            "request_id": "step-1",
            "created": int(NOW.timestamp() * 1000),
            "from": "citywatch",
        },
        "body": {
            "openc2": {
                "request": {
                    "action": "deny",
                    "target": NET,
                    "args": {"response_requested": "complete"},
                    "command_id": "step-1",
                }
            }
        },
    }
    assert outcome.outputs["status"] == "200"
    assert outcome.until == NOW + 24 * HOUR
    assert set(outcome.outputs) == set(OPENC2.outputs)


def test_the_rule_that_was_made_is_deleted_and_nothing_is_left(
    ways: Means, filter_: Filter
) -> None:
    filter_.rules = {7: {"ipv4_net": "203.0.113.0/24"}}
    before = dict(filter_.rules)
    outcome = command(ways)
    assert len(filter_.rules) == 2
    undo(ways, outcome)
    assert filter_.rules == before


def test_a_rule_that_is_gone_already_is_as_good_as_deleted(ways: Means, filter_: Filter) -> None:
    outcome = command(ways)
    filter_.rules.clear()
    assert undo(ways, outcome).outputs == {"status": "404"}


def test_where_no_rule_is_named_the_same_target_is_allowed_again(
    ways: Means, filter_: Filter, server: Receiver
) -> None:
    filter_.names_rules = False
    undo(ways, command(ways, action="contain"))
    said = json.loads(server.got[-1].body)["body"]["openc2"]["request"]
    assert (said["action"], said["target"]) == ("allow", NET)
    assert filter_.rules == {}


def test_a_repeat_under_the_same_key_acts_once(ways: Means, filter_: Filter) -> None:
    first, second = command(ways), command(ways)
    assert first == second
    assert (filter_.done, len(filter_.rules)) == (1, 1)


def test_a_query_tells_what_the_other_side_can_do(ways: Means, filter_: Filter) -> None:
    assert OPENC2_QUERY.outside is not None
    given = QueryParameters(actuator="fw", features=("versions",))
    outcome = OPENC2_QUERY.outside(errand(ways), given)
    assert json.loads(str(outcome.outputs["response"]))["results"] == {"versions": ["1.0"]}
    assert outcome.undo == {}
    assert filter_.rules == {}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(503),
        Reply(500),
        Reply(429),
        Reply(200, body=b'{"status": 102}'),
        Reply(200, body=b'{"status": 503}'),
        Reply(is_cut=True),
    ],
)
def test_what_may_go_well_later_is_tried_again(ways: Means, server: Receiver, reply: Reply) -> None:
    server.answer = lambda _: reply
    with pytest.raises(Unavailable):
        command(ways)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400),
        Reply(401),
        Reply(403),
        Reply(404),
        Reply(301, {"Location": "https://elsewhere.example/"}),
        Reply(200, body=b'{"status": 400}'),
        Reply(200, body=b'{"body": {"openc2": {"response": {"status": 501}}}}'),
        Reply(501),
    ],
)
def test_what_was_refused_is_not_tried_again(ways: Means, server: Receiver, reply: Reply) -> None:
    server.answer = lambda _: reply
    with pytest.raises(Refused):
        command(ways)
    assert len(server.got) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"status": "200"}'])
def test_an_answer_without_a_status_goes_by_that_of_http(
    ways: Means, server: Receiver, body: bytes
) -> None:
    server.answer = lambda _: Reply(200, body=body)
    outcome = command(ways)
    assert outcome.outputs["status"] == "200"
    assert outcome.undo["action"] == "allow"


def test_whom_the_settings_do_not_name_is_not_called(ways: Means, server: Receiver) -> None:
    for name in ("nobody", "box"):
        with pytest.raises(Refused, match=name):
            command(ways, actuator=name)
    assert server.got == []


def test_without_leave_neither_this_machine_nor_plain_http_is_reached(
    server: Receiver, tmp_path: pathlib.Path
) -> None:
    plain = ActuatorSettings(type="openc2", url=server.url)
    with means(tmp_path, {"fw": plain}) as ways, pytest.raises(Refused, match="https"):
        command(ways)
    assert server.got == []


def test_a_certificate_is_checked(filter_: Filter, tmp_path: pathlib.Path) -> None:
    secure = tls(tmp_path, "localhost")
    with receiving(filter_, secure.context) as server:
        known = ActuatorSettings(
            type="openc2", url=f"{server.url}{PATH}", allow_loopback=True, ca_certs=secure.ca_file
        )
        unknown = ActuatorSettings(type="openc2", url=server.url, allow_loopback=True)
        with means(tmp_path, {"fw": known, "other": unknown}) as ways:
            assert command(ways).outputs["status"] == "200"
            with pytest.raises(Unavailable, match="certificate"):
                command(ways, actuator="other")
    assert filter_.done == 1


def test_the_approver_reads_target_and_inverse_and_what_is_ours_is_refused(
    either_state: StateStore,
) -> None:
    said = {"actuator": "fw", "action": "deny", "target": NET}
    with either_state.reading() as session:
        seen = scene(session, {})
        read = OPENC2.intend(seen, CommandParameters.model_validate(said))
        assert read.command == "openc2 deny ipv4_net 198.51.100.23/32 at fw for 24 h"
        assert OPENC2.presumed is not None
        presumed = OPENC2.presumed(seen, CommandParameters.model_validate(said))
        assert presumed.undo == {"actuator": "fw", "action": "allow", "target": NET}
        assert presumed.until is not None
        for own in ({"ipv4_net": "10.20.10.0/24"}, {"domain_name": "gov.cn"}):
            with pytest.raises(Refusal):
                OPENC2.intend(seen, CommandParameters.model_validate({**said, "target": own}))


@pytest.mark.parametrize(
    "target",
    [
        {},
        {**NET, "domain_name": "bad.example.org"},
        {"file": "x"},
        {"ipv4_net": "2001:db8::/48"},
        {"ipv6_net": "198.51.100.0/24"},
        {"domain_name": "a b"},
        {"device": "host"},
        {"ipv4_net": {"a": 1}},
    ],
)
def test_a_target_that_is_none_is_refused(target: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CommandParameters.model_validate({"actuator": "fw", "action": "deny", "target": target})
