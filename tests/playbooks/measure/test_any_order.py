"""In whatever order blocks come and go: a point holds their union, and in the end what it held."""

import itertools
import pathlib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situation.settings import PointSettings
from situation.state.store import open_state_store
from tests.playbooks.measure.site import Site

POINTS = {
    "border": PointSettings(type="file"),
    "exchange": PointSettings(type="file", format="stix"),
}
TARGETS = ("198.51.100.23/32", "203.0.113.0/24", "203.0.113.9/32", "2001:db8:5::/48")
_KEYS = itertools.count()

Acts = list[tuple[str, int, int]]
"""What is done, to which target, at which points (1: border, 2: exchange, 3: both)."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("any-order")
    state = open_state_store(f"sqlite:///{folder}/state.db")
    made = Site(state, folder, POINTS)
    made.want("always", target="192.0.2.0/25", points=tuple(POINTS))
    made.enforce()
    yield made
    state.close()


def _files(folder: pathlib.Path) -> dict[str, bytes]:
    names = ("border.txt", "exchange.json")
    return {name: (folder / "blocklist" / name).read_bytes() for name in names}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["want", "want", "lift", "enforce"]),
            st.integers(0, len(TARGETS) - 1),
            st.integers(1, 3),
        ),
        max_size=12,
    )
)
def test_a_point_holds_the_union_and_in_the_end_what_it_held(site: Site, acts: Acts) -> None:
    before = _files(site.folder)
    standing: dict[str, tuple[str, int]] = {}
    for act, target, places in acts:
        if act == "want":
            key = f"m{next(_KEYS)}"
            names = [name for bit, name in enumerate(sorted(POINTS)) if places >> bit & 1]
            site.want(key, target=TARGETS[target], points=names)
            standing[key] = TARGETS[target], places
        elif act == "lift" and standing:
            key = sorted(standing)[target % len(standing)]
            site.lift(key)
            del standing[key]
        else:
            site.enforce()
    site.enforce()
    listed = set(_files(site.folder)["border.txt"].decode().split())
    wanted = {one.removesuffix("/32") for one, places in standing.values() if places & 1}
    assert listed == wanted | {"192.0.2.0/25"}
    assert all(site.measure(key).state == "in_force" for key in standing)
    for key in standing:
        site.lift(key)
    site.enforce()
    assert _files(site.folder) == before
