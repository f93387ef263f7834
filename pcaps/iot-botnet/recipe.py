"""A camera joins a botnet: guessed over telnet, it calls home and looks for others.

`python pcaps/iot-botnet/recipe.py OUT` writes the capture, its truth and description into OUT.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from pcaps import attack, background, plan
from pcaps.scenario import Injection, Scenario, cook
from pcaps.traffic import Dice, Host, Tape

MINUTE = 60.0
HOUR = 3600.0

ATTACKER = Host("198.51.100.99", ttl=43)
CONTROL = Host("203.0.113.50", ttl=48)
VICTIM = plan.CAMERAS[8]
BOT_PORT = 48_101


def draw(tape: Tape, dice: Dice) -> list[Injection]:
    """Draw the day with 46 desks, then how the camera is lost."""
    background.working_day(tape, dice, plan.WORKSTATIONS[:46])
    steps = (_guess, _beacon, _sweep_inside, _sweep_outside)
    return [injection for step in steps for injection in step(tape, dice.split(step.__name__))]


def _guess(tape: Tape, dice: Dice) -> list[Injection]:
    start = 105 * MINUTE
    ends = (ATTACKER, VICTIM)
    tried = attack.guess_telnet(tape, dice, start, ends, times=62, gap=4)
    end = attack.work_in_telnet(tape, dice, tried + 3, ends, commands=14)
    return [
        Injection(
            what="telnet_guessing_then_success", start=start, end=end, source=ATTACKER.ip,
            destination=VICTIM.ip, host=VICTIM.ip, detector="guessing",
            category="guessing_success",
            note_zh="对摄像机 telnet 猜口令 62 次后登录成功，并下载程序",
            note_en="62 guesses at telnet of the camera, then a login that fetches a program",
        )
    ]  # fmt: skip


def _beacon(tape: Tape, dice: Dice) -> list[Injection]:
    start, end = 116 * MINUTE, 9.95 * HOUR
    attack.heartbeat(
        tape, dice, start, (VICTIM, CONTROL), until=end, period=120, jitter=0.2, port=BOT_PORT
    )
    return [
        Injection(
            what="beacon", start=start, end=end, source=VICTIM.ip, destination=CONTROL.ip,
            host=VICTIM.ip, detector="beacon", category="beacon",
            note_zh="摄像机每 2 分钟（抖动 20%）连接控制端",
            note_en="the camera calls home every 2 minutes, 20 % jitter",
        )
    ]  # fmt: skip


def _sweep_inside(tape: Tape, dice: Dice) -> list[Injection]:
    start = 290 * MINUTE
    real = {camera.ip for camera in plan.CAMERAS}
    hosts = [Host(f"10.20.30.{number}", vlan=30) for number in range(1, 255)]
    hosts = [host for host in hosts if host.ip != VICTIM.ip]
    dark = frozenset(host.ip for host in hosts if host.ip not in real)
    targets = [(host, 23) for host in dice.shuffled(hosts)]
    end = attack.knock(tape, dice, start, VICTIM, targets, gap=0.8, dark=dark)
    return [
        Injection(
            what="sweep", start=start, end=end, source=VICTIM.ip, destination="10.20.30.0/24",
            host=VICTIM.ip, detector="sweep", category="sweep",
            note_zh="摄像机在本网段逐个地址探测 23 端口",
            note_en="the camera tries port 23 across its own network",
        )
    ]  # fmt: skip


def _sweep_outside(tape: Tape, dice: Dice) -> list[Injection]:
    start = 362 * MINUTE
    hosts = [Host(f"192.0.2.{number}", ttl=50) for number in range(96, 136)]
    hosts += [Host(f"203.0.113.{number}", ttl=50) for number in range(160, 220)]
    targets = [(host, 2323) for host in dice.shuffled(hosts)]
    dark = frozenset(host.ip for host in hosts[::3])
    end = attack.knock(tape, dice, start, VICTIM, targets, gap=1.5, dark=dark)
    return [
        Injection(
            what="sweep", start=start, end=end, source=VICTIM.ip, destination="0.0.0.0/0",
            host=VICTIM.ip, detector="sweep", category="sweep",
            note_zh="摄像机向外部地址探测 2323 端口",
            note_en="the camera tries port 2323 of outside addresses",
        )
    ]  # fmt: skip


SCENARIO = Scenario(
    id="iot-botnet",
    seed="iot-botnet-1",
    name_zh="摄像机被拉入僵尸网络",
    name_en="A camera joins a botnet",
    description_zh="外部地址猜中一台道路摄像机的 telnet 口令；摄像机随后定时外联控制端，"
    "并扫描本网段和外部地址。",
    description_en="An outside address guesses the telnet password of a road camera, which then "
    "calls home by the clock and sweeps its own network and outside addresses.",
    draw=draw,
    nanoseconds=True,
)

if __name__ == "__main__":
    cook(SCENARIO, pathlib.Path(sys.argv[1]))
