from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import Session


def test_a_request_is_answered_once() -> None:
    session: Session = {}
    ask(session, 7, {"modbus.address": 1})
    assert answer(session, 7) == {"modbus.address": 1}
    assert answer(session, 7) == {}


def test_of_too_many_requests_the_oldest_is_forgotten() -> None:
    session: Session = {}
    for number in range(1000):
        ask(session, number, {"n": number})
    assert answer(session, 0) == {}
    assert answer(session, 999) == {"n": 999}
    assert sum(bool(answer(session, number)) for number in range(1000)) == 31
