"""Medical records in text."""

from detect.classified.word.medical import MedicalRecogniser, is_disease

_RECORD = "主诉:反复咳嗽3天。\n现病史:3天前受凉后起病。\n既往史:无特殊。\n初步诊断:肺炎\n"


def _found(text: str) -> int:
    return len(list(MedicalRecogniser().find(text)))


def test_a_record_of_a_named_person_is_found_once() -> None:
    assert _found(f"姓名:王秀英 性别:女\n{_RECORD}") == 1
    assert _found(f"住院号:0012345\n{_RECORD}") == 1


def test_a_case_of_nobody_is_that_of_a_textbook() -> None:
    assert _found(f"病例一。患者,男。{_RECORD}") == 0


def test_a_list_of_headings_is_no_record() -> None:
    text = "联系电话:13800138000。病历应当包括主诉、现病史、既往史、体格检查、初步诊断等内容。"
    assert _found(text) == 0


def test_two_cues_are_too_few() -> None:
    assert _found("姓名:王秀英\n主诉:咳嗽\n诊断:肺炎\n") == 0


def test_cues_far_from_one_another_are_no_record() -> None:
    gap = "本院位于市区中心交通便利" * 60
    assert _found(f"姓名:王秀英\n主诉:咳嗽{gap}现病史:无{gap}既往史:无") == 0


def test_a_cell_that_is_a_code_or_a_disease_fits() -> None:
    assert MedicalRecogniser().fits("E11.900") is not None
    assert MedicalRecogniser().fits("2型糖尿病") is not None
    assert MedicalRecogniser().fits("信息中心") is None
    assert is_disease("慢性胃炎")
    assert not is_disease("病")
