import pytest

from sensors.wire.interface import Interface, interface_named
from tests.sensors.wire.cables import FAR, run

pytestmark = pytest.mark.usefixtures("wired")


def test_ethernet_loopback_and_tunnels_are_told_apart() -> None:
    run("tuntap", "add", "dev", "tun9", "mode", "tun")
    run("link", "set", "tun9", "up")
    told = [interface_named(name, where="") for name in (FAR, "lo", "tun9")]
    assert told == [
        Interface(FAR, 1, is_bare=False, is_loopback=False),
        Interface("lo", 1, is_bare=False, is_loopback=True),
        Interface("tun9", 101, is_bare=True, is_loopback=False),
    ]
