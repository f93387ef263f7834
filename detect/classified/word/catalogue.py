"""The recognisers of words that are in use: an explicit list."""

from typing import Final

from detect.classified.recogniser import Recogniser
from detect.classified.word.address import AddressRecogniser
from detect.classified.word.company import CompanyRecogniser
from detect.classified.word.labelled import LABELLED
from detect.classified.word.medical import MedicalRecogniser
from detect.classified.word.name import NameRecogniser

WORD_RECOGNISERS: Final[tuple[Recogniser, ...]] = (
    NameRecogniser(),
    AddressRecogniser(),
    CompanyRecogniser(),
    MedicalRecogniser(),
    *LABELLED,
)
