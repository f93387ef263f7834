"""The table of information elements."""

import csv

import pytest

from sensors.netflow.wire.element import Element, Type, element_of_version_9
from tests.testdata import ROOT

TABLE = ROOT / "sensors" / "netflow" / "wire" / "elements.csv"


def test_every_number_and_name_stands_once_in_ascending_order() -> None:
    with TABLE.open() as file:
        rows = list(csv.DictReader(file))
    numbers = [int(row["number"]) for row in rows]
    assert numbers == sorted(set(numbers))
    assert len({row["name"] for row in rows}) == len(rows) > 450
    assert {row["type"] for row in rows} <= {kind.value for kind in Type}


@pytest.mark.parametrize(
    ("element", "name", "kind"),
    [
        (Element(0, 1), "octetDeltaCount", Type.UNSIGNED),
        (Element(0, 27), "sourceIPv6Address", Type.IPV6),
        (Element(29305, 2), "reversePacketDeltaCount", Type.UNSIGNED),
        (Element(29305, 236), "reverseVRFname", Type.STRING),
        (Element(26866, 1), "26866:1", Type.OCTETS),
        (Element(0, 9999), "0:9999", Type.OCTETS),
        (Element(29305, 9999), "29305:9999", Type.OCTETS),
    ],
)
def test_elements_have_name_and_type(element: Element, name: str, kind: Type) -> None:
    assert (element.name, element.type) == (name, kind)


def test_elements_that_cisco_numbers_itself_are_those_of_its_enterprise() -> None:
    assert element_of_version_9(33_000) == Element(9, 232)
    assert element_of_version_9(82) == Element(0, 82)
