"""Faults of the settings of points, all at once and each with its place."""

import pathlib

import pytest

from playbooks.measure.checking import check_points, faults_of
from situation.faults import Misconfigured
from situation.settings import PointSettings, Settings


def test_the_points_of_the_default_settings_have_no_fault() -> None:
    check_points(Settings().points)


def test_every_fault_is_said_with_its_place(tmp_path: pathlib.Path) -> None:
    (tmp_path / "short").write_text("secret")
    points = {
        "polled": PointSettings(type="http"),
        "unread": PointSettings(type="http", key_file=tmp_path / "nothing"),
        "short": PointSettings(type="http", key_file=tmp_path / "short"),
        "host": PointSettings(type="nftables"),
        "resolver": PointSettings(type="rpz", zone="a b", sinkhole="here", never=("no name!",)),
    }
    with pytest.raises(Misconfigured) as found:
        check_points(points)
    for place in (
        "points.polled.key_file: is needed",
        "points.unread.key_file: cannot be read",
        "points.short.key_file: a key has at least 16",
        "points.host.socket: is needed",
        "points.resolver.zone: is no domain",
        "points.resolver.sinkhole: is no address",
        "points.resolver.never: no name! is neither",
    ):
        assert place in found.value.reason


def test_a_point_as_it_should_be_has_none(tmp_path: pathlib.Path) -> None:
    (tmp_path / "key").write_text("a-key-that-nobody-guesses\n")
    assert faults_of("polled", PointSettings(type="http", key_file=tmp_path / "key")) == []
