"""What a URL and an address must be for a message to go there."""

import pytest

from playbooks.outbox.destination import Destination, Policy, checked, destination
from situation.faults import Malformed

STRICT = Policy()
LOCAL = Policy(allow_loopback=True)


def test_an_https_url_is_taken_apart() -> None:
    found = destination("https://hook.example:8443/a/b?key=1&x=%20y", STRICT)
    assert found == Destination("https", "hook.example", 8443, "/a/b?key=1&x=%20y")
    assert found.authority == "hook.example:8443"
    assert destination("https://[2001:db8::1]", STRICT).authority == "[2001:db8::1]"


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/",
        "http://127.0.0.1/",
        "ftp://hook.example/",
        "file:///etc/passwd",
        "https://",
        "https://user:word@hook.example/",
        "https://hook.example:99999/",
        "https://hook.example/\r\nX: y",
        "https://hook.example /",
        "//hook.example/",
        "https://例子.example/",
        "",
    ],
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(Malformed):
        destination(url, STRICT)


def test_plain_http_goes_to_this_machine_alone_where_a_channel_may() -> None:
    assert destination("http://127.0.0.1:8080/x", LOCAL).port == 8080
    assert destination("http://localhost/", LOCAL).port == 80
    with pytest.raises(Malformed, match="only https"):
        destination("http://127.0.0.1.example/", LOCAL)


def test_a_url_names_one_of_the_hosts_of_the_channel() -> None:
    assert destination("https://a.example/", STRICT, ("a.example",)).host == "a.example"
    with pytest.raises(Malformed, match=r"b\.example is not among"):
        destination("https://b.example/", STRICT, ("a.example",))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::10.1.2.3",
        "64:ff9b::a01:203",
        "2002:a01:203::1",
        "169.254.169.254",
        "169.254.1.1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "0.0.0.0",  # noqa: S104 - not to listen on
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "240.0.0.1",
    ],
)
def test_an_address_that_hides_this_machine_or_a_service_is_refused(address: str) -> None:
    with pytest.raises(Malformed):
        checked(["192.0.2.1", address], 443, STRICT)


def test_the_city_s_own_networks_may_be_reached() -> None:
    for address in ("10.20.1.15", "192.168.7.7", "172.16.0.1", "fd12:3456::1", "2400:3200::1"):
        assert [str(one) for one in checked([address], 443, STRICT)] == [address]


def test_even_where_this_machine_may_be_reached_its_disguises_may_not() -> None:
    assert checked(["127.0.0.1", "::1"], 443, LOCAL)
    with pytest.raises(Malformed, match="disguise"):
        checked(["::ffff:127.0.0.1"], 443, LOCAL)


def test_a_server_of_our_own_is_refused_by_address_and_port() -> None:
    policy = Policy(own=frozenset({("10.20.0.9", 9200)}))
    assert checked(["10.20.0.9"], 443, policy)
    with pytest.raises(Malformed, match="our own"):
        checked(["10.20.0.9"], 9200, policy)
