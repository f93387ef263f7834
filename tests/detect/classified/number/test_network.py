import pytest

from tests.detect.classified.reading import found, kinds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("邮箱zhang.san@sz.gov.cn", "zhang.san@sz.gov.cn"),
        ("<Li.Na@mail.com>", "li.na@mail.com"),
        ("a_b+c@post.city.example。", "a_b+c@post.city.example"),
    ],
)
def test_mail_addresses_are_found_without_the_words_before_them(text: str, value: str) -> None:
    assert [(each.kind, each.value) for each in found(text)] == [("email", value)]


@pytest.mark.parametrize(
    "text", ["icon@2x.png", "user@localhost", "@angular/core@12.3.4", "a..b@c.com"]
)
def test_what_has_no_domain_is_no_mail_address(text: str) -> None:
    assert "email" not in kinds(text)


@pytest.mark.parametrize("text", ["203.0.113.7", "登录IP：10.20.30.40，", "src=192.168.1.1:443"])
def test_addresses_of_version_four_are_found(text: str) -> None:
    assert kinds(text) == ["ipv4"]


@pytest.mark.parametrize(
    "text",
    ["v10.20.30.40", "版本10.20.30.40", "1.2.3.4", "256.1.1.1", "1.3.6.1.4.1.311", "10.020.1.1"],
)
def test_versions_sections_and_object_identifiers_are_no_addresses(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text", ["ipv6:2001:db8::61b6", "fe80::1ff:fe23:4567:890a", "IP地址：fd00:9e4a::61b6"]
)
def test_addresses_of_version_six_are_found(text: str) -> None:
    assert kinds(text) == ["ipv6"]


@pytest.mark.parametrize("text", ["std::vector", "12:34:56", "a::b", "::"])
def test_colons_alone_make_no_address(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize("text", ["升级到 4.8.40.29", "from 3.2.66.1 to latest"])
def test_four_small_figures_are_a_version(text: str) -> None:
    assert kinds(text) == []
    assert kinds("客户端IP：4.8.40.29") == ["ipv4"]
