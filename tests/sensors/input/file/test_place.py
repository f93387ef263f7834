import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from sensors.input.file.fingerprint import Fingerprint
from sensors.input.file.ledger import Ledger
from sensors.input.file.place import Place, new_identity, place_of
from sensors.record import Priority, Record
from situation.events.dataset import LOG
from tests.sensors.input.parts import Shelf


def place(path: str, octets: bytes = b"some octets") -> Place:
    return Place(new_identity(path), 1, 2, path, Fingerprint().grown(octets), (3, 4), 5)


@given(path=st.text(), octets=st.binary(max_size=2000))
def test_a_place_comes_back_from_its_text(path: str, octets: bytes) -> None:
    name = path.encode(errors="replace").decode() + "\udcff"
    assert place_of(place(name, octets).text) == place(name, octets)


def test_slots_are_found_again_and_used_again() -> None:
    shelf = Shelf()
    ledger = Ledger("in", shelf)
    assert ledger.read() == {}
    slots = [ledger.take() for _ in range(3)]
    written = ledger.written([(0, place("a")), (1, None), (2, place("c"))])
    shelf.put(Record(LOG, pl.DataFrame(), Priority.LOG, places=written))
    shelf.sync()
    again = Ledger("in", shelf)
    assert again.read() == {0: place("a"), 2: place("c")}
    assert slots == [0, 1, 2]
    assert [again.take(), again.take()] == [1, 3]
    again.release(0)
    assert again.take() == 0
    assert Ledger("other", shelf).read() == {}
