"""Medical records: several cues near one another, and a person whom they are about."""

import re
from collections.abc import Iterator
from typing import Final

from detect.classified.recogniser import COLON, Candidate
from detect.classified.word.candidate import candidate
from detect.classified.word.table import HAN, either, table, words

GROUP: Final = 19
_TABLE = table("medical")
_CUES, _STRONG, _PERSONS = (words(_TABLE[key]) for key in ("cues", "strong", "persons"))
_DISEASES, _MEDICINES = words(_TABLE["diseases"]), words(_TABLE["medicines"])
VALUES: Final = frozenset(words(_TABLE["values"]))
ICD: Final = re.compile(
    r"[A-TV-Z][0-9][0-9A-Z](?:\.[0-9x]{1,4})?(?:[+*†])?(?: ?[\u3400-\u9fff()].{0,40})?"
)
"""Codes of ICD-10 and of its Chinese edition (GB/T 14396), which has up to four places."""

NEAR: Final = 500
"""Characters within which the cues have to stand."""
WANTED: Final = 3
_REACH: Final = 1500
"""Characters around the cues in which the person has to be named."""

_CUE = re.compile(either(_CUES))
_STRONG_CUE = re.compile(either(_STRONG))
_HEADED = re.compile(r"[ \t\"'】\]]{0,3}(?:[:|=\t\n】]| (?=[^ ]))")
_HEADED_WANTED: Final = 2
"""Cues that something stands behind: a list of headings names many with nothing."""
_PERSON = re.compile(
    rf"{either(_PERSONS)}[ \t\"']*[:|=]? ?[ \t\"'|]*"
    rf"(?:[{HAN}]{{2,4}}(?![{HAN}])|[A-Za-z]{{0,4}}[0-9]{{5,}})"
    r"|(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])|(?<![0-9])1[3-9][0-9]{9}(?![0-9])"
    rf"|(?<![{HAN}])[{HAN}]{{2,4}}[,、 ] ?[男女][,、 ] ?[0-9]{{1,3}} ?岁"
)
_DISEASE = re.compile(rf".{{0,30}}{either(_DISEASES)}.{{0,20}}")
_MEDICINE = re.compile(rf".{{0,25}}{either(_MEDICINES)}.{{0,25}}")


class MedicalRecogniser:
    """Stretches of medical records."""

    kind = "medical"
    group = GROUP
    wakes = (
        rf"(?:{'|'.join(_STRONG)})(?:\x22|'| |\t)*(?:{COLON}|=|\x7c|\xef\xbd\x9c|\xe3\x80\x91|\])",
        r"(?:现病史|既往史|出院小结|入院记录|病程记录|住院病历|出院诊断|入院诊断|主诉)",
    )

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield each stretch with enough cues whose person is named near by."""
        cues = list(_CUE.finditer(text)) if _STRONG_CUE.search(text) else []
        ended = -1
        for at, first in enumerate(cues):
            if first.start() < ended or not (near := _stretch(cues, at)):
                continue
            ended = near[-1].end()
            if _about_somebody(text, first.start(), ended):
                record = text[first.start() : ended]
                yield candidate("medical", first.start(), record, 0.8, "cues", "person")

    def fits(self, cell: str) -> Candidate | None:
        """Return the diagnosis, code or medicine that is the whole of a cell."""
        if ICD.fullmatch(cell) or is_diagnosis(cell):
            return candidate("medical", 0, cell, 0.4, "lexicon")
        return None


def is_diagnosis(cell: str) -> bool:
    """Return whether a cell names a disease or a medicine."""
    return bool(_DISEASE.fullmatch(cell) or _MEDICINE.fullmatch(cell))


def is_disease(cell: str) -> bool:
    """Return whether a cell names a disease, with its code or without."""
    return len(cell) > 1 and bool(_DISEASE.fullmatch(cell))


def _stretch(cues: list[re.Match[str]], at: int) -> list[re.Match[str]]:
    """Return the cues from one on within reach, if they are enough and one of them is strong."""
    near = [cue for cue in cues[at : at + 40] if cue.end() - cues[at].start() <= NEAR]
    different = {cue[0] for cue in near}
    headed = {cue[0] for cue in near if _HEADED.match(cue.string, cue.end())}
    enough = len(different) >= WANTED and len(headed) >= _HEADED_WANTED
    return near if enough and not different.isdisjoint(_STRONG) else []


def _about_somebody(text: str, start: int, end: int) -> bool:
    return bool(_PERSON.search(text, max(0, start - _REACH), end + _REACH))
