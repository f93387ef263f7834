"""How long the directory of a zip archive is, is known before it is read."""

import io
import struct

from sensors.content.container.directory import directory_octets
from tests.sensors.content.hostile import endless_directory
from tests.sensors.content.pieced import package


def test_the_octets_of_the_directory_are_told() -> None:
    data = package({"a.txt": "x", "b.txt": "y"})
    start, end = data.find(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    assert directory_octets(io.BytesIO(data)) == end - start


def test_a_comment_behind_the_end_does_not_hide_it() -> None:
    data = package({"a.txt": "x"})
    end = data.rfind(b"PK\x05\x06")
    commented = data[:-2] + struct.pack("<H", 60_000) + b"c" * 60_000
    assert directory_octets(io.BytesIO(commented)) == end - data.find(b"PK\x01\x02")


def test_an_archive_without_its_end_has_none() -> None:
    assert directory_octets(io.BytesIO(package({"a.txt": "x"})[:-30])) == 0
    assert directory_octets(io.BytesIO(b"")) == 0


def test_a_record_of_zip64_is_followed() -> None:
    data = package({"a.txt": "x"})
    at = data.rfind(b"PK\x05\x06")
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, 123_456, 0)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, at, 1)
    end = data[at : at + 12] + b"\xff\xff\xff\xff" + data[at + 16 :]
    assert directory_octets(io.BytesIO(data[:at] + record + locator + end)) == 123_456


def test_an_endless_directory_is_told_by_its_octets() -> None:
    assert directory_octets(io.BytesIO(endless_directory())) > 10_000_000
