import pytest

from tests.detect.classified.reading import found, kinds


@pytest.mark.parametrize("value", ["860123045678900", "356938035643809", "35-693803-564380-9"])
def test_devices_need_their_label(value: str) -> None:
    assert kinds(value) == []
    assert kinds(f"IMEI：{value}") == ["imei"]
    assert kinds(f"手机串号：{value}") == ["imei"]


def test_a_latin_label_may_stand_right_before_the_number() -> None:
    assert kinds("，IMEI860123045678900，") == ["imei"]
    assert kinds("，xIMEI860123045678900，") == []


def test_a_wrong_check_is_no_device() -> None:
    assert kinds("IMEI：860123045678901") == []


def test_subscribers_and_cards_of_the_country() -> None:
    assert kinds("IMSI：460001234567890") == ["imsi"]
    assert kinds("IMSI：310001234567890") == []
    assert kinds("8986001234567890120") == ["iccid"]
    assert kinds("8986001234567890121") == []
    assert kinds("ICCID 8986001234567890121") == ["iccid"]


def test_a_meid_needs_its_label_and_may_have_its_check() -> None:
    assert kinds("MEID: A100000009296F") == ["meid"]
    assert found("MEID: A100000009296F(7)")[0].value == "A100000009296F"
    assert kinds("A100000009296F") == []


@pytest.mark.parametrize(
    "text", ["3c:65:ec:65:3a:15", "F0-97-89-E8-A8-66", "f097.89e8.a866", "mac:f0:97:89:e8:a8:66"]
)
def test_network_cards_are_found(text: str) -> None:
    assert kinds(text) == ["mac"]


@pytest.mark.parametrize(
    "text",
    [
        "00:00:00:00:00:00",
        "ff:ff:ff:ff:ff:ff",
        "01:00:5e:00:00:fb",
        "12:34:56:18:20:12",
        "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd",
    ],
)
def test_what_is_no_single_card_is_not_found(text: str) -> None:
    assert kinds(text) == []
