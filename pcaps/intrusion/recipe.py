"""A full intrusion inside an ordinary day: from the first scan to the data that leaves.

`python pcaps/intrusion/recipe.py OUT` writes the capture, its truth and description into OUT.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from pcaps import attack, background, plan
from pcaps.scenario import Injection, Scenario, cook
from pcaps.traffic import Dice, Host, Tape

MINUTE = 60.0
HOUR = 3600.0

ATTACKER = Host("203.0.113.77", ttl=46)
SECOND_ATTACKER = Host("203.0.113.78", ttl=46)
CONTROL = Host("198.51.100.23", ttl=49)
DROP = Host("192.0.2.140", ttl=51)
DOMAIN = "telemetry-sync.example"
VICTIM = plan.EXCHANGE
SERVICES = (
    21, 22, 23, 25, 53, 80, 81, 88, 110, 111, 113, 119, 135, 139, 143, 161, 179, 199, 389, 427,
    443, 444, 445, 465, 513, 514, 515, 543, 548, 554, 587, 631, 646, 873, 990, 993, 995, 1025,
    1433, 1521, 1720, 1723, 2049, 2121, 3128, 3306, 3389, 5060, 5432, 5900, 6000, 6379, 8000,
    8008, 8080, 8081, 8443, 8888, 9200, 27017,
)  # fmt: skip
OPEN = frozenset({(VICTIM.ip, 22), (VICTIM.ip, 443), (plan.PORTAL.ip, 80), (plan.PORTAL.ip, 443)})


def draw(tape: Tape, dice: Dice) -> list[Injection]:
    """Draw the day with 42 desks, then the intrusion, step by step."""
    background.working_day(tape, dice, plan.WORKSTATIONS[:42])
    steps = (_scan, _sweep, _guess_desktop, _guess, _beacon, _tunnel, _upload)
    return [injection for step in steps for injection in step(tape, dice.split(step.__name__))]


def _scan(tape: Tape, dice: Dice) -> list[Injection]:
    start = 72 * MINUTE
    targets = [(VICTIM, port) for port in dice.shuffled(SERVICES)]
    end = attack.knock(tape, dice, start, ATTACKER, targets, gap=0.6, open_ports=OPEN)
    return [
        Injection(
            what="port_scan", start=start, end=end, source=ATTACKER.ip, destination=VICTIM.ip,
            host=VICTIM.ip, detector="port_scan", category="scan",
            note_zh=f"对前置机扫描 {len(SERVICES)} 个端口",
            note_en=f"{len(SERVICES)} ports of the front-end are tried",
        )
    ]  # fmt: skip


def _sweep(tape: Tape, dice: Dice) -> list[Injection]:
    start = 78 * MINUTE
    hosts = [Host(f"10.20.1.{number}") for number in range(8, 40)]
    real = {server.ip for server in plan.SERVERS}
    dark = frozenset(host.ip for host in hosts if host.ip not in real)
    targets = [(host, 22) for host in dice.shuffled(hosts)]
    opened = frozenset({(VICTIM.ip, 22), (plan.BASTION.ip, 22)})
    end = attack.knock(tape, dice, start, ATTACKER, targets, gap=1.2, open_ports=opened, dark=dark)
    return [
        Injection(
            what="sweep", start=start, end=end, source=ATTACKER.ip, destination="10.20.1.0/24",
            host=VICTIM.ip, detector="sweep", category="sweep",
            note_zh="在服务器区逐个地址探测 22 端口", note_en="port 22 is tried across the servers",
        )
    ]  # fmt: skip


def _guess_desktop(tape: Tape, dice: Dice) -> list[Injection]:
    start = 84 * MINUTE
    ends = (SECOND_ATTACKER, plan.REMOTE_DESKTOP)
    end = attack.guess_desktop(tape, dice, start, ends, times=36, gap=9)
    return [
        Injection(
            what="rdp_guessing", start=start, end=end, source=ends[0].ip, destination=ends[1].ip,
            host=ends[1].ip, detector="guessing", category="guessing",
            note_zh="对远程桌面网关猜口令 36 次，未成功",
            note_en="36 guesses at the remote desktop gateway, none succeeds",
        )
    ]  # fmt: skip


def _guess(tape: Tape, dice: Dice) -> list[Injection]:
    start = 95 * MINUTE
    ends = (ATTACKER, VICTIM)
    tried = attack.guess_shell(tape, dice, start, ends, times=120, gap=9)
    end = attack.work_in_shell(tape, dice, tried + 6, ends, keys=70)
    return [
        Injection(
            what="ssh_guessing_then_success", start=start, end=end, source=ATTACKER.ip,
            destination=VICTIM.ip, host=VICTIM.ip, detector="guessing",
            category="guessing_success",
            note_zh="对前置机 SSH 猜口令 120 次后登录成功",
            note_en="120 guesses at SSH of the front-end, then a login",
        )
    ]  # fmt: skip


def _beacon(tape: Tape, dice: Dice) -> list[Injection]:
    start, end = 150 * MINUTE, 9.9 * HOUR
    attack.beacon(tape, dice, start, (VICTIM, CONTROL), until=end, period=300, jitter=0.3)
    return [
        Injection(
            what="beacon", start=start, end=end, source=VICTIM.ip, destination=CONTROL.ip,
            host=VICTIM.ip, detector="beacon", category="beacon",
            note_zh="前置机每 5 分钟（抖动 30%）连接控制端",
            note_en="the front-end calls home every 5 minutes, 30 % jitter",
        )
    ]  # fmt: skip


def _tunnel(tape: Tape, dice: Dice) -> list[Injection]:
    start = 205 * MINUTE
    end = attack.tunnel(tape, dice, start, VICTIM, DOMAIN, questions=360, gap=2.4)
    return [
        Injection(
            what="dns_tunnel", start=start, end=end, source=VICTIM.ip, destination=DOMAIN,
            host=VICTIM.ip, detector="dns_tunnel", category="dns_tunnel",
            note_zh="前置机用 360 个子域名传数据", note_en="data leave in 360 sub-domains",
        )
    ]  # fmt: skip


def _upload(tape: Tape, dice: Dice) -> list[Injection]:
    start = 372 * MINUTE
    end = attack.upload(
        tape, dice, start, (VICTIM, DROP), octets=180_000_000, pieces=6, seconds=240
    )
    return [
        Injection(
            what="upload", start=start, end=end, source=VICTIM.ip, destination=DROP.ip,
            host=VICTIM.ip, detector="upload", category="upload",
            note_zh="前置机向外上传约 180 MB", note_en="about 180 MB leave the front-end",
        )
    ]  # fmt: skip


SCENARIO = Scenario(
    id="intrusion",
    seed="intrusion-1",
    name_zh="从扫描到数据外传的入侵",
    name_en="An intrusion, from scan to exfiltration",
    description_zh="外部地址扫描数据共享交换前置机，猜中 SSH 口令，随后出现带抖动的外联、"
    "DNS 隧道和约 180 MB 上传；同时有全天办公流量。",
    description_en="An outside address scans the data-exchange front-end and guesses its SSH "
    "password; a beacon with jitter, a DNS tunnel and an upload of about 180 MB follow, all "
    "inside a day of office traffic.",
    draw=draw,
)

if __name__ == "__main__":
    cook(SCENARIO, pathlib.Path(sys.argv[1]))
