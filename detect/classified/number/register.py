"""Numbers of registers that have no check of their own: a label has to stand beside them."""

from typing import Final

from detect.classified.context import label_wakes
from detect.classified.number.number import Number, always
from detect.classified.number.region import PROVINCES
from detect.classified.recogniser import LIKELY, SHAPE, Judged

_ARCHIVE: Final = Judged(SHAPE, ("province",))


def _archive(value: str) -> Judged | None:
    return _ARCHIVE if value[:2] in PROVINCES else None


def _card(value: str) -> Judged | None:
    enough = sum(char.isdigit() for char in value) >= len(value) - 2
    return Judged(SHAPE, ("shape",)) if enough else None


def _as_it_is(found: str) -> str:
    return found


REGISTER_NUMBERS: Final = (
    Number(
        kind="driver_archive",
        group=6,
        wakes=label_wakes("driver_archive"),
        shape="[1-6][0-9]{11}",
        judge=_archive,
    ),
    Number(
        kind="social_security",
        group=6,
        wakes=label_wakes("social_security"),
        shape="[0-9A-Z]{1,2}[0-9]{7,8}",
        judge=_card,
    ),
    Number(
        kind="officer_card",
        group=6,
        wakes=("字第",),
        shape=r"[军兵士文职武政后装海空陆火南北东西中沈济成广兰警]{1,2}字第?[0-9]{6,8}号?",
        judge=always(SHAPE + 0.15),
        left="",
        right="(?![0-9A-Za-z])",
        form=_as_it_is,
    ),
    Number(
        kind="estate",
        group=6,
        wakes=("不动产权", "房地产?证字", "房地产?权证"),
        shape=r"[\u4e00-\u9fff]{1,2} ?[(\[〔【][0-9]{4}[)\]〕】] ?"
        r"[\u4e00-\u9fff]{2,12}?不动产权第[0-9]{5,10}号"
        r"|[\u4e00-\u9fff]{1,6}房(?:地产?)?(?:权)?证字第[0-9A-Z]{5,12}号",
        judge=always(LIKELY + 0.05),
        left="",
        right="",
        form=_as_it_is,
    ),
)
