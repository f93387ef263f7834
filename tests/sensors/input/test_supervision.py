import threading

from sensors.input.counters import Counters
from sensors.input.stopping import Stop
from sensors.input.supervision import Supervision
from tests.sensors.input.parts import until


class Steady:
    """An input that runs until it is told to end."""

    def __init__(self, counters: Counters) -> None:
        self.counters = counters
        self.ended = False

    def run(self, stop: Stop) -> None:
        self.counters.lines += 1
        stop.wait()
        self.ended = True


class Fragile(Steady):
    """An input that fails the first times."""

    def run(self, stop: Stop) -> None:
        if self.counters.starts < 3:
            raise ValueError("a bug")
        super().run(stop)


def test_an_input_that_fails_is_told_and_started_again_while_others_go_on() -> None:
    counters = {"steady": Counters(), "fragile": Counters()}
    stop = threading.Event()
    made: list[Steady] = []

    def steady() -> Steady:
        made.append(Steady(counters["steady"]))
        return made[-1]

    seconds = iter(range(0, 10**6, 30))
    supervision = Supervision(
        {"steady": steady, "fragile": lambda: Fragile(counters["fragile"])},
        counters,
        monotonic=lambda: float(next(seconds)),
    )
    thread = threading.Thread(target=supervision.run, args=(stop,))
    thread.start()
    until(lambda: counters["fragile"].lines == 1)
    assert counters["fragile"].starts == 3
    assert counters["fragile"].trouble == "ValueError: a bug"
    assert counters["steady"].starts == 1
    stop.set()
    thread.join()
    assert [one.ended for one in made] == [True]


def test_without_inputs_it_ends_at_once() -> None:
    stop = threading.Event()
    Supervision({}, {}).run(stop)
    assert not stop.is_set()
