"""A quiet working day: nothing is wrong, and nothing may be claimed.

`python pcaps/quiet-day/recipe.py OUT` writes the capture, its truth and description into OUT.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from pcaps import background
from pcaps.scenario import Injection, Scenario, cook
from pcaps.traffic import Dice, Tape


def draw(tape: Tape, dice: Dice) -> list[Injection]:
    """Draw the ordinary day and nothing else."""
    background.working_day(tape, dice)
    return []


SCENARIO = Scenario(
    id="quiet-day",
    seed="quiet-day-1",
    name_zh="平静的工作日",
    name_en="A quiet working day",
    description_zh="一百台主机的办公、运维、备份、视频和邮件流量，没有攻击；不应产生任何告警。",
    description_en="Office, administration, backup, video and mail traffic of a hundred hosts; "
    "no attack, so no alert may appear.",
    draw=draw,
)

if __name__ == "__main__":
    cook(SCENARIO, pathlib.Path(sys.argv[1]))
