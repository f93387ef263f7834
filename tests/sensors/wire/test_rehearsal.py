from sensors.meter.settings import MeterSettings
from sensors.wire.rehearsal import rehearse


def test_a_flow_and_its_question_come_out_of_a_rehearsal() -> None:
    kept = []
    assert rehearse(MeterSettings(), lambda slices, _: kept.append(len(slices))) == 2
    assert sum(kept) == 1
