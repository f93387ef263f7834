"""Reading CACAO documents: the verdict of the schemas, nothing lost, faults with their places."""

import copy
import datetime as dt
import json
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.cacao.extension import PLAYBOOK_EXTENSION, STEP_EXTENSION
from playbooks.cacao.form import compile_form
from playbooks.cacao.playbook import Clause, Step, StepKind, Words, digest_of
from playbooks.cacao.reading import parsed, read_playbook
from situation.faults import Malformed
from situation.state.columns import JsonObject
from tests.playbooks.cacao import oasis
from tests.playbooks.cacao.forms import WHOLE
from tests.playbooks.cacao.rich import AT, REFERENCES, rich, uid

Place = tuple[str | int, ...]


def fault_of(document: JsonObject) -> str:
    with pytest.raises(Malformed) as caught:
        read_playbook(document)
    return str(caught.value)


@pytest.mark.parametrize("key", ["new", "runs"])
def test_a_key_that_is_a_page_of_the_console_is_refused_with_its_reason(key: str) -> None:
    form = WHOLE.replace(f"key: {WHOLE.split('key: ')[1].split()[0]}", f"key: {key}", 1)
    with pytest.raises(Malformed) as caught:
        read_playbook(compile_form(form))
    assert f"{key} is a page of the console" in str(caught.value)


def is_read(document: JsonObject) -> bool:
    try:
        read_playbook(document)
    except Malformed:
        return False
    return True


def foreign_form() -> JsonObject:
    """Return a form of ours whose extensions are another's, so that the schemas alone judge it."""
    text = json.dumps(compile_form(WHOLE))
    for number, own in enumerate((PLAYBOOK_EXTENSION, STEP_EXTENSION), 20):
        text = text.replace(own, uid("extension-definition", number))
    return parsed(text)


def test_the_published_playbooks_go_in_and_out_without_loss() -> None:
    assert len(oasis.names()) == 6
    for name in oasis.names():
        document = oasis.published(name)
        assert oasis.is_valid(document)
        again = read_playbook(copy.deepcopy(document)).document
        assert again == document
        assert read_playbook(parsed(json.dumps(again))).digest == digest_of(document)


def test_the_invalid_playbook_is_refused_with_place_and_reason() -> None:
    document = oasis.published(oasis.INVALID)
    assert not oasis.is_valid(document)
    place = "agent_definitions.http-api--7e9174ec-a293-43df-a72d-471c79e276bf.type"
    assert fault_of(document) == f"playbook: {place}: Input should be 'http-api'"


def test_every_fault_is_told_with_its_place() -> None:
    document = oasis.published("playbook.json")
    step = "action--a76dbc32-b739-427b-ae13-4ec703d5797e"
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    del workflow[step]["commands"][0]["type"]
    workflow[step]["agent"] = "someone"
    document["severity"] = 101
    fault = fault_of(document)
    assert f"workflow.{step}.commands.0.type: Field required" in fault
    assert f"workflow.{step}.agent: 'someone' is no id of the form type--UUID" in fault
    assert "severity: Input should be less than or equal to 100" in fault


def test_a_playbook_with_something_of_everything_is_valid_to_both() -> None:
    assert oasis.is_valid(rich())
    assert is_read(rich())
    assert oasis.is_valid(foreign_form())
    assert is_read(foreign_form())


ODD: st.SearchStrategy[object] = st.sampled_from(
    [
        None, True, False, 0, 1, -1, 100, 101, 4095.5, 1.0, 1e300, 10**30, "", "x", "playbook",
        "cacao-2.0", "action", "end", "TLP:RED", "asia", AT, AT.replace("T", " "), "2026-13-01T",
        uid("action"), uid("end"), uid("x"), uid("Action"), uid("action") + "\n", f" {uid('end')}",
        uid("action").replace("-4000-", "-7000-"), uid("playbook").upper(), "198.51.100.1",
        "2001:db8::1", "::", "02:00:00:00:00:01", "http://example.org", [], {}, [1], ["x"],
        [[]], {"a": 1}, REFERENCES, [uid("end")], {uid("end"): {}}, {uid("end"): 1},
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "type", "id", "name", "value", "on_completion", "on_success", "on_failure", "agent",
        "condition", "on_true", "labels", "created", "public_key", "thumbprint", "cert_url",
        "delay", "timeout", "external_references", "extra", "__x__", "__x", "vlan", "ipv4",
        uid("action"), uid("end"), uid("start"), uid("action") + "\n", uid("marking-iep"),
        uid("extension-definition", 3), uid("http-api", 3), uid("oauth2", 3),
    ]
)  # fmt: skip
CHANGES = st.tuples(
    st.sampled_from(["drop", "set", "add", "copy", "rename"]),
    st.integers(min_value=0, max_value=100_000),
    st.integers(min_value=0, max_value=100_000),
    NAMES,
    ODD,
)


@settings(max_examples=400)
@given(
    base=st.integers(min_value=0, max_value=7),
    changes=st.lists(CHANGES, min_size=1, max_size=3),
)
def test_a_changed_document_gets_the_verdict_of_the_schemas(
    base: int, changes: list[tuple[str, int, int, str, object]]
) -> None:
    document = _base(base)
    for what, where, whence, name, odd in changes:
        _change(document, what, where, whence, name, copy.deepcopy(odd))
    assert is_read(document) == oasis.is_valid(document), json.dumps(document)


def _base(number: int) -> JsonObject:
    names = oasis.names()
    if number < len(names):
        return oasis.published(names[number])
    return rich() if number == len(names) else foreign_form()


def _change(  # noqa: PLR0917 - a change has so many parts
    document: JsonObject, what: str, where: int, whence: int, name: str, odd: object
) -> None:
    places = list(_places(document))
    if not places:
        return
    holder, key = places[where % len(places)]
    from_holder, from_key = places[whence % len(places)]
    value = holder[key]  # type: ignore[index]
    if what == "set":
        holder[key] = odd  # type: ignore[index]
    elif what == "copy":
        holder[key] = copy.deepcopy(from_holder[from_key])  # type: ignore[index]
    elif what == "add" and isinstance(value, dict):
        value[name] = odd
    elif what == "rename" and isinstance(holder, dict):
        holder[name] = holder.pop(str(key))
    elif what == "drop":
        del holder[key]  # type: ignore[arg-type]


def _places(value: object) -> Iterator[tuple[dict[str, object] | list[object], str | int]]:
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield value, key
            yield from _places(value[key])


@pytest.mark.parametrize("number", range(12))
def test_each_part_that_is_left_out_gets_the_verdict_of_the_schemas(number: int) -> None:
    # Every single name of the playbook that has all of them, in twelve shares.
    for place in range(number, len(list(_places(rich()))), 12):
        document = rich()
        holder, key = list(_places(document))[place]
        del holder[key]  # type: ignore[arg-type]
        assert is_read(document) == oasis.is_valid(document), (place, key)


def test_no_information_exchange_marking_is_valid_by_the_schemas() -> None:
    document = rich()
    markings = document["data_marking_definitions"]
    assert isinstance(markings, dict)
    markings[uid("marking-iep")] = {
        "type": "marking-iep", "id": uid("marking-iep"), "created_by": uid("identity"),
        "created": AT, "name": "n", "description": "d", "tlp": "t", "iep_version": 2,
        "start_date": AT, "end_date": None, "encrypt_in_transit": "e", "permitted_actions": "p",
        "affected_party_notifications": "a", "attribution": "a", "unmodified_resale": "u",
        "external_references": [],
    }  # fmt: skip
    assert not oasis.is_valid(document)
    assert "the schemas allow no marking-iep" in fault_of(document)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"description": "a\0b"}, "a text has a NUL"),
        ({"a\0": 1}, "a text has a NUL"),
        ({"description": "\ud800"}, "cannot be stored"),
        ({"extra": float("nan")}, "cannot be stored"),
        ({"extra": 10**5000}, "cannot be stored"),
        ({"extra": dt.date(2026, 1, 1)}, "cannot be stored"),
        ({"extra": "x" * 1_000_000}, "larger than 1000000 bytes"),
    ],
)
def test_what_cannot_be_stored_is_no_playbook(changed: JsonObject, reason: str) -> None:
    assert reason in fault_of(rich() | changed)


def test_a_document_that_is_too_deep_is_refused_and_not_walked() -> None:
    deep: object = {}
    for _ in range(100_000):
        deep = [deep]
    assert "deeper than 40 levels" in fault_of(rich() | {"extra": deep})


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '"x"', "[" * 200_000, "1" * 5000, " " * 1_000_001]
)
def test_a_text_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parsed(text)


def test_foreign_commands_become_actions_of_ours_where_there_is_one() -> None:
    wanted: Mapping[str, tuple[str, JsonObject]] = {
        "manual-playbook.json": (
            "manual_task", {"title_zh": "prepare Falcon for hyperspeed jump", "text": ""}
        ),
        "ssh-playbook.json": ("ssh_command", {"command": "__command__:value"}),
        "http-playbook.json": ("http-api", {"command": "GET get HTTP1.1"}),
    }  # fmt: skip
    for name, (action, parameters) in wanted.items():
        call = _first_action(name).call
        assert call is not None
        assert (call.action, call.parameters) == (action, parameters)
    openc2 = _first_action("openc2-playbook.json").call
    assert openc2 is not None
    assert (openc2.action, openc2.parameters["action"]) == ("openc2", "deny")
    target = openc2.parameters["target"]
    assert isinstance(target, dict)
    assert target["ipv4_connection"]["src_addr"] == "1.2.3.4"


def _first_action(name: str) -> Step:
    steps = read_playbook(oasis.published(name)).steps.values()
    return next(step for step in steps if step.kind is StepKind.ACTION)


def test_a_foreign_step_is_read_as_far_as_it_goes() -> None:
    playbook = read_playbook(rich())
    step = playbook.steps[uid("action")]
    assert (step.name, step.about, step.clause) == (Words("n", "n"), "d", None)
    assert (step.delay, step.within) == (
        dt.timedelta(milliseconds=1),
        dt.timedelta(milliseconds=5000),
    )
    assert [variable.name for variable in step.variables] == ["__c__"]
    assert playbook.steps[uid("switch-condition")].switch == "__a__"
    assert playbook.variables["__b__"].value is None
    assert (playbook.key, playbook.within.days) == ("playbook-00000000", 7)


def test_a_foreign_playbook_gets_a_key_from_its_name_and_id() -> None:
    playbook = read_playbook(oasis.published("openc2-playbook.json"))
    assert playbook.key == "example-ssh-300270f9"


def test_no_time_is_too_long_to_be_read() -> None:
    document = rich()
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    workflow[uid("action")] |= {"delay": 10**30, "timeout": -5}
    step = read_playbook(document).steps[uid("action")]
    assert (step.delay.days, step.within) == (3650, None)


def test_what_stands_under_a_name_that_is_no_id_is_kept_and_is_no_step() -> None:
    document = rich()
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    workflow["note"] = 3
    assert oasis.is_valid(document)
    playbook = read_playbook(document)
    assert "note" not in playbook.steps
    assert playbook.document["workflow"] == workflow


@pytest.mark.parametrize(
    ("extension", "place"),
    [
        ({"retries": "three"}, "retries"),
        ({"within_minutes": 0}, "within_minutes"),
        ({"odd": 1}, "odd"),
        ({"on_timeout": "wait"}, "on_timeout"),
    ],
)
def test_our_own_extension_of_a_step_is_checked(extension: JsonObject, place: str) -> None:
    document = rich()
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    workflow[uid("action")]["step_extensions"] = {STEP_EXTENSION: extension}
    where = f"workflow.{uid('action')}.step_extensions.{STEP_EXTENSION}.{place}: "
    assert where in fault_of(document)


def test_our_own_extensions_are_read() -> None:
    document = rich() | {
        "playbook_extensions": {
            PLAYBOOK_EXTENSION: {"key": "own", "name_zh": "甲", "name_en": "a", "compensates": True}
        }
    }
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    workflow[uid("action")]["step_extensions"] = {
        STEP_EXTENSION: {
            "zh": "乙", "en": "b", "instrument": "i", "clause": "1", "action": "mail",
            "parameters": {"to": "desk"}, "outs": {"sent": "b"}, "within_minutes": 3,
        }
    }  # fmt: skip
    playbook = read_playbook(document)
    step = playbook.steps[uid("action")]
    assert (playbook.key, playbook.name, playbook.compensates) == ("own", Words("甲", "a"), True)
    assert (step.name, step.clause) == (Words("乙", "b"), Clause("i", "1"))
    assert step.within == dt.timedelta(minutes=3)
    assert step.call is not None
    assert (step.call.action, step.call.outs) == ("mail", {"sent": "__b__"})
