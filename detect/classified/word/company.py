"""Names of companies: known by what they end in."""

import re
from collections.abc import Iterator
from typing import Final

from detect.classified.recogniser import Candidate
from detect.classified.word.candidate import candidate
from detect.classified.word.region import regions_at
from detect.classified.word.table import HAN, either, table, words

GROUP: Final = 18
_TABLE = table("company")
_COMPANIES, _ORGANISATIONS = words(_TABLE["companies"]), words(_TABLE["organisations"])
_SURE, _BEFORE = words(_TABLE["sure"]), words(_TABLE["before"])
_LATIN = re.compile(str(_TABLE["latin"]))
_WHOLE = re.compile(
    rf"[{HAN}0-9A-Za-z()·&.\-]{{2,40}}{either(_COMPANIES)}(?:\([{HAN}]{{2,8}}\)|[{HAN}]{{2,12}}(?:分公司|店|部|厂))?"
    rf"|[{HAN}0-9A-Za-z·]{{2,30}}\((?:有限|普通|特殊普通)合伙\)"
)
_ORGANISATION = re.compile(rf"[{HAN}0-9A-Za-z()·]{{2,30}}{either(_ORGANISATIONS)}")
_SIGN = re.compile(
    r"有限(?:责任)?公司|集团公司|(?:律师|会计师)事务所|专业合作社|\((?:有限|普通|特殊普通)合伙\)"
)
_RUN = re.compile(rf"[{HAN}0-9A-Za-z·]{{2,30}}(?:\([{HAN}]{{2,10}}\)[{HAN}]{{0,12}})?$")
_REACH: Final = 44
_CUT = re.compile(rf".*(?:{either(_BEFORE)}|^[a-z]+(?=[为是]))[为是]?(?=.{{4}})")
_SHORTEST = 4


class CompanyRecogniser:
    """Companies. They are public: they say whose a unified social credit code is."""

    kind = "company"
    group = GROUP
    wakes = (
        "有限(?:责任)?公司|集团公司|(?:律师|会计师)事务所|专业合作社",
        r"(?:\(|\xef\xbc\x88)(?:有限|普通|特殊普通)合伙(?:\)|\xef\xbc\x89)",
    )

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield companies that are named with a region or with a word of their own."""
        for sign in _SIGN.finditer(text):
            run = _RUN.search(text, max(0, sign.start() - _REACH), sign.start())
            start = run.start() + _begin(run[0]) if run else sign.start()
            if sign.start() - start >= _SHORTEST:
                yield candidate("company", start, text[start : sign.end()], 0.6, "suffix")

    def fits(self, cell: str) -> Candidate | None:
        """Return the company that is the whole of a cell."""
        if len(cell) < _SHORTEST or not (_WHOLE.fullmatch(cell) or _LATIN.fullmatch(cell)):
            return None
        confidence = 0.6 if cell.endswith(_SURE) else 0.4
        return candidate("company", 0, cell, confidence, "suffix")


def is_organisation(cell: str) -> bool:
    """Return whether a cell names an organisation of any sort: office, school, company."""
    return bool(_WHOLE.fullmatch(cell) or _ORGANISATION.fullmatch(cell))


def _begin(run: str) -> int:
    """Return where the name begins in the run before its ending: at its region, if it has one."""
    cut = _CUT.match(run)
    begin = cut.end() if cut else 0
    return next((at for at in range(begin, len(run)) if regions_at(run, at)[0]), begin)
