"""Community IDs of exported flows against the vectors of the specification."""

import json
from typing import Any

import pytest

from tests.sensors.netflow.exporting import (
    BASIC,
    basic,
    data,
    decoded,
    flows,
    ip,
    template_9,
    v9,
)
from tests.testdata import testdata

SIX = ((27, 16), (28, 16), *BASIC[2:])


def vectors(*, six: bool) -> list[dict[str, Any]]:
    text = testdata("vectors", "community-id", "baseline", "baseline_deflt.json").read_text()
    rows: list[dict[str, Any]] = json.loads(text)
    return [row for row in rows if (":" in row["saddr"]) == six]


@pytest.mark.parametrize("six", [False, True])
def test_every_vector_has_its_id(*, six: bool) -> None:
    rows = vectors(six=six)
    records = [record(row) for row in rows]
    fields = SIX if six else BASIC
    frame = flows(decoded(v9(template_9(256, fields), data(256, fields, *records))))
    assert frame["network.community_id"].to_list() == [row["communityid"] for row in rows]


def record(row: dict[str, Any]) -> dict[int, int]:
    """Return a record of a vector; an answering ICMP type is told as type and code 0."""
    sport, dport = row["sport"] or 0, row["dport"] or 0
    if row["proto"] in (1, 58):
        code = 0 if sport in ANSWERS else dport
        sport, dport = 0, sport << 8 | code
    ends = {"source": ip(row["saddr"]), "destination": ip(row["daddr"])}
    made = basic(**ends, sport=sport, dport=dport, protocol=row["proto"])
    return made | {27: made[8], 28: made[12]}


ANSWERS = {129, 0, 14, 16, 18, 140, 145, 130, 131, 134, 133, 136, 135, 9, 10, 17, 13, 15, 8, 128}
