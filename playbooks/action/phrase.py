"""Phrases that the intents of several actions share."""

import datetime as dt

from playbooks.action.intent import Intent
from playbooks.cacao.playbook import Words
from situation.clock import CITY_ZONE

AT_ONCE = Words("立即完成，不持续", "done at once, nothing lasts")
NO_UNDO = Words("无需撤销", "there is nothing to take back")
NOBODY = Words("不涉及任何人", "touches nobody")


def at_time(at: dt.datetime) -> str:
    """Return a time as people of the city read it."""
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"


def until(at: dt.datetime) -> Words:
    """Say until when something holds."""
    return Words(f"至 {at_time(at)} 自动解除", f"until {at_time(at)}, then it ends by itself")


def both(zh: str, en: str) -> Words:
    """Return a text in both languages; the Chinese one stands where there is no English."""
    return Words(zh, en or zh)


def impossible(command: str, reason: Words) -> Intent:
    """Return the intent of what would be refused as things stand."""
    return Intent(
        command=command,
        what=Words(f"无法执行：{reason.zh}", f"would be refused: {reason.en}"),
        how_long=AT_ONCE,
        undo=NO_UNDO,
        touches=NOBODY,
    )
