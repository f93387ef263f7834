"""`citywatch playbook approve`: what waits, and votes about the exact action that was read."""

from situation.clock import CITY_ZONE
from situation.state.tables import Approval
from tests.soc_api.commands.playbook.desk import Desk


def _state(desk: Desk, approval_id: str) -> str:
    with desk.city() as city, city.state.reading() as session:
        return session.get_one(Approval, approval_id).state


def test_what_waits_is_listed_with_command_and_fingerprint(desk: Desk) -> None:
    assert desk.says("approve").out == "Nothing waits for approval.\n"
    run = desk.started()
    asked = desk.asked()
    told = desk.says("approve").out
    assert "deny ip 198.51.100.23/32 both at border for 24 h" in told
    assert f"run {run}, asked by chen" in told
    assert asked.action_sha256 in told
    assert f"until {asked.deadline_at.astimezone(CITY_ZONE):%m-%d %H:%M}, then skip" in told
    for part in ("what", "how_long", "undo", "touches"):
        words = asked.intent[part]
        assert isinstance(words, dict)
        assert words["zh"] in told
    (row,) = desk.says("approve", "--json").rows()
    assert (row["id"], row["quorum"], row["on_timeout"]) == (asked.id, asked.quorum, "skip")
    assert desk.says("approve", "--drill", "d-1").out == "Nothing waits for approval.\n"


def test_the_fingerprint_that_was_read_decides(desk: Desk) -> None:
    desk.started()
    asked = desk.asked()
    digits = asked.action_sha256[:8]
    desk.refuses("is not the fingerprint", "approve", asked.id, "--as", "wang")
    desk.refuses(
        "is not the fingerprint", "approve", asked.id, "--sha256", digits[:7], "--as", "wang"
    )
    desk.refuses(
        "is not the fingerprint", "approve", asked.id, "--sha256", "0" * 64, "--as", "wang"
    )
    said = desk.says("approve", asked.id[:8], "--sha256", digits, "--as", "wang")
    assert (said.code, said.out) == (0, f"Approval  {asked.id} approved\n")
    desk.refuses("is approved already", "approve", asked.id, "--sha256", digits, "--as", "zhao")


def test_a_refusal_ends_it_with_its_remark(desk: Desk) -> None:
    run = desk.started()
    asked = desk.asked()
    given = ("--sha256", asked.action_sha256, "--remark", "误报", "--as", "wang")
    assert desk.says("approve", asked.id, "--refuse", *given).code == 0
    assert _state(desk, asked.id) == "refused"
    desk.turn()
    assert desk.state(run) == "failed"


def test_who_may_not_or_is_not_known_decides_nothing(desk: Desk) -> None:
    desk.started()
    asked = desk.asked()
    digest = ("--sha256", asked.action_sha256)
    desk.refuses("lacks the right", "approve", asked.id, *digest, "--as", "lin")
    desk.refuses("account or password is wrong", "approve", asked.id, *digest, "--as", "nobody")
    desk.refuses("0 approvals begin like this", "approve", "%", *digest, "--as", "wang")
    assert _state(desk, asked.id) == "pending"
