"""The dictionary of the console: every phrase of its pages, Chinese and English."""

from soc_api.web.word import (
    account,
    alert,
    data,
    desk,
    frame,
    incident,
    job,
    measure,
    notice,
    plan,
    playbook,
    portal,
    sensor,
)

WORDS: dict[str, tuple[str, str]] = {
    **frame.WORDS,
    **desk.WORDS,
    **account.WORDS,
    **alert.WORDS,
    **incident.WORDS,
    **notice.WORDS,
    **portal.WORDS,
    **plan.WORDS,
    **sensor.WORDS,
    **data.WORDS,
    **job.WORDS,
    **measure.WORDS,
    **playbook.WORDS,
}
