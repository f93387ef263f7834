"""Tracks in tables."""

from collections.abc import Sequence

from detect.classified.column.track import POINTS, Tracks


def _found(header: list[str], rows: Sequence[tuple[str, ...]]) -> bool:
    tracks = Tracks()
    columns = [list(cells) for cells in zip(*rows, strict=True)]
    tracks.take(header, columns, [{} for _ in header])
    return tracks.found


def _points(count: int) -> list[tuple[str, ...]]:
    return [("粤B12345", f"114.0{at:02}123", f"22.5{at:02}123") for at in range(count)]


def test_ten_places_of_one_holder_are_a_track() -> None:
    header = ["车牌号", "经度", "纬度"]
    assert _found(header, _points(POINTS))
    assert not _found(header, _points(POINTS - 1))


def test_one_place_told_many_times_is_none() -> None:
    assert not _found(["车牌号", "经度", "纬度"], _points(1) * 50)


def test_places_of_many_holders_are_none() -> None:
    rows = [(f"粤B1{at:04}", "114.012345", f"22.5{at:02}123") for at in range(50)]
    assert not _found(["车牌号", "经度", "纬度"], rows)


def test_places_of_things_are_none() -> None:
    assert not _found(["设备编号", "经度", "纬度"], _points(30))
