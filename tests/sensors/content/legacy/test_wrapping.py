import io
import random

import olefile
from hypothesis import given
from hypothesis import strategies as st

from sensors.content.legacy.compound import Path
from sensors.content.legacy.wrapping import wrapped

NAMES = st.text("abcXYZ字\x01", min_size=1, max_size=8)
STREAMS = st.dictionaries(
    st.tuples(NAMES.map(lambda name: f"s{name}"), NAMES.map(lambda name: f"t{name}")),
    st.integers(0, 9000),
    max_size=12,
)


def read(data: bytes, path: Path) -> bytes:
    """Return a stream as olefile reads it, which refuses whatever looks wrong."""
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_POTENTIAL) as compound:
        assert not compound.parsing_issues
        return bytes(compound.openstream(list(path)).read())


@given(STREAMS)
def test_streams_of_any_length_are_read_back(sizes: dict[Path, int]) -> None:
    different = {(one.upper(), two.upper()): size for (one, two), size in sizes.items()}
    dice = random.Random(1)  # noqa: S311 - the same octets again
    streams = [(path, dice.randbytes(size)) for path, size in different.items()]
    data = wrapped(streams)
    assert all(read(data, path) == held for path, held in streams)


def test_a_stream_beyond_what_the_head_lists_is_read_back() -> None:
    held = random.Random(2).randbytes(9_000_000)  # noqa: S311 - the same octets again
    streams: list[tuple[Path, bytes]] = [(("long",), held), (("short",), b"x")]
    data = wrapped(streams)
    assert all(read(data, path) == octets for path, octets in streams)
