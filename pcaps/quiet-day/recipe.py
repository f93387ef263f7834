"""A quiet working day: nothing is wrong, and nothing may be claimed.

`python pcaps/quiet-day/recipe.py OUT` writes the capture, logs, truth and description into OUT.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from pcaps import background, plan
from pcaps.log import LogFile, Shell, shell_log, web_log
from pcaps.scenario import Injection, Scenario, cook
from pcaps.traffic import Dice, Tape


def draw(tape: Tape, dice: Dice) -> list[Injection]:
    """Draw the ordinary day and nothing else."""
    background.working_day(tape, dice)
    return []


def write_logs(tape: Tape, dice: Dice) -> list[LogFile]:
    """Write the logs of the front-end and of the portal."""
    own = frozenset({plan.BASTION})
    hosts = ((plan.EXCHANGE, "exchange-front"), (plan.PORTAL, "portal"))
    shells = [
        shell_log(tape, dice.split(name), Shell(host=host, name=name), own) for host, name in hosts
    ]
    return [*shells, web_log(tape, dice.split("web"), plan.PORTAL, "portal")]


SCENARIO = Scenario(
    id="quiet-day",
    seed="quiet-day-1",
    name_zh="平静的工作日",
    name_en="A quiet working day",
    description_zh="一百台主机的办公、运维、备份、视频和邮件流量，没有攻击；不应产生任何告警。",
    description_en="Office, administration, backup, video and mail traffic of a hundred hosts; "
    "no attack, so no alert may appear.",
    draw=draw,
    logs=write_logs,
)

if __name__ == "__main__":
    cook(SCENARIO, pathlib.Path(sys.argv[1]))
