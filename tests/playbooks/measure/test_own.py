"""The machine's own addresses, from the files in which the kernel and the resolver name them."""

import pathlib

from playbooks.measure.own import own_addresses

TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
Local:
  +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 192.0.2.0/24 2 0 2
           |-- 192.0.2.7
              /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
"""
SIX = "20010db8000000000000000000000007 02 40 00 80     eth0\n"
RESOLV = "# names\nsearch city.example\nnameserver 192.0.2.53\n nameserver 2001:db8::53\n"


def test_addresses_of_interfaces_and_name_servers_are_read(tmp_path: pathlib.Path) -> None:
    paths = [tmp_path / name for name in ("trie", "if_inet6", "resolv.conf")]
    for path, text in zip(paths, (TRIE, SIX, RESOLV), strict=True):
        path.write_text(text)
    assert own_addresses(*paths) == {
        "127.0.0.1",
        "192.0.2.7",
        "2001:db8::7",
        "192.0.2.53",
        "2001:db8::53",
    }


def test_files_that_are_not_there_name_nothing(tmp_path: pathlib.Path) -> None:
    assert own_addresses(tmp_path / "a", tmp_path / "b", tmp_path / "c") == frozenset()


def test_this_machine_knows_its_loopback_address() -> None:
    assert "127.0.0.1" in own_addresses()
