import pytest

from detect.classified.number.position import in_country
from tests.detect.classified.reading import kinds


@pytest.mark.parametrize(
    "text",
    [
        "113.934567,22.543123",
        "22.543123, 113.934567",
        '{"lng":113.9345678,"lat":22.5431234}',
        "经度113.934567，纬度22.543123",
        "113.9346 22.5431",
        "N22.5431 E113.9346",
        "22.5431°N 113.9346°E",
    ],
)
def test_pairs_within_the_country_are_positions(text: str) -> None:
    assert kinds(text) == ["gps"]


@pytest.mark.parametrize(
    "text",
    [
        "113.93,22.54",
        "213.934567,22.543123",
        "金额 22.5431,113.9345",
        "22.543123",
        "22.5431 113.9345 0.8631",
    ],
)
def test_other_figures_are_none(text: str) -> None:
    assert kinds(text) == []


def test_the_order_does_not_matter() -> None:
    assert in_country(22.5, 113.9)
    assert in_country(113.9, 22.5)
    assert not in_country(22.5, 23.9)
