"""A sensor that is killed at any point, with its inputs under load: each line is stored once."""

import pathlib
import random
import time
from collections.abc import Callable, Iterator

import pytest

from tests.elasticsearch import server
from tests.faults.load import Load
from tests.faults.senders import sending
from tests.faults.site import Site, site, soak

SEED = 4
ROUNDS = soak(4, 50)
LONGEST_SECONDS = 2.0
"""How long a sensor lives from the moment that it listens."""
STARTING_SECONDS = 4.0
"""The same from its very start, so that it is killed while it opens what it finds."""


def run_with_kills(own: Site, load: Load, between: Callable[[int], None]) -> None:
    """Start and kill the sensor again and again under load, then let it come to its end."""
    chance = random.Random(load.seed)  # noqa: S311 - the same kills again
    with sending(load.senders):
        for number in range(ROUNDS):
            own.start()
            if number % 2:
                load.await_traffic(own)
                time.sleep(chance.uniform(0, LONGEST_SECONDS))
            else:
                time.sleep(chance.uniform(0, STARTING_SECONDS))
            own.kill()
            load.note(own.report())
            between(number)
        own.start()
        load.await_traffic(own)
    load.finish(own)


def test_a_sensor_killed_at_any_point_loses_nothing_and_doubles_nothing(
    tmp_path: pathlib.Path,
) -> None:
    load = Load(tmp_path, SEED)
    with site(tmp_path, load.inputs) as own:
        run_with_kills(own, load, lambda _: None)


@pytest.fixture
def own_server() -> Iterator[server.Server]:
    running = server.start()
    yield running
    running.stop()


@pytest.mark.elastic
@pytest.mark.xdist_group("elastic")
def test_a_server_killed_beside_the_sensor_has_each_line_once(
    own_server: server.Server, tmp_path: pathlib.Path
) -> None:
    load = Load(tmp_path, SEED)

    def kill_server(number: int) -> None:
        if number % 3 == 1:
            own_server.kill()
            own_server.resume()

    with site(tmp_path, load.inputs, events=own_server.url) as own:
        run_with_kills(own, load, kill_server)
