"""What an ordinary working day of the city looks like, block by block.

Every block is drawn from dice of its own and has a share of the packets; the regular ones
(time, monitoring, patches, messenger, province exchange) are there so that detectors are tried
for their silence.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pcaps import plan
from pcaps.traffic import (
    AAAA,
    NXDOMAIN,
    TXT,
    Dice,
    Host,
    Question,
    Talk,
    Tape,
    Turn,
    address_data,
    answer,
    ask,
    ask_name,
)

HOUR = 3600.0
DAY = 10 * HOUR
"""Length of a scenario: 08:00 to 18:00."""

TLS_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
TLS_REPLY = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"
TLS_DATA = b"\x17\x03\x03"
SSH_CLIENT = b"SSH-2.0-OpenSSH_9.2\r\n"
SSH_SERVER = b"SSH-2.0-OpenSSH_8.4\r\n"
SMB_HELLO = b"\x00\x00\x00\xd4\xfeSMB@\x00"


@dataclass(frozen=True, slots=True)
class Day:
    """What a block is drawn onto and from, and the desks that are at work."""

    tape: Tape
    dice: Dice
    desks: tuple[Host, ...] = plan.WORKSTATIONS


Block = Callable[[Day], None]


def at_work(dice: Dice) -> float:
    """Draw a moment of office hours: 08:10 to 17:40, less around noon."""
    while True:
        at = dice.between(600, 9.66 * HOUR)
        if not 4 * HOUR < at < 5.5 * HOUR or dice.between(0, 1) < 0.25:
            return at


def secure_visit(
    tape: Tape, dice: Dice, at: float, client: Host, server: Host,
    *, sent: int, received: int, port: int = 443,
) -> float:  # fmt: skip
    """Add a TLS connection with one request; return when it ended."""
    turns = (
        ask(dice.whole(480, 640), opening=TLS_HELLO),
        answer(dice.whole(3000, 5200), opening=TLS_REPLY),
        ask(sent, 0.003, TLS_DATA),
        answer(received, dice.between(0.01, 0.12), TLS_DATA),
    )
    return Talk(tape, dice, client, server, port, at, dice.between(0.008, 0.04)).run(turns)


def browse(day: Day) -> None:
    """Let people read sites: a look-up, the site, now and then parts from a content network."""
    tape, dice = day.tape, day.dice
    for user in day.desks:
        for _ in range(dice.whole(4, 9)):
            at = at_work(dice)
            name, site = dice.pick(plan.SITES)
            ask_name(tape, dice, at, (user, plan.RESOLVER), Question(name))
            at = secure_visit(
                tape, dice, at + 0.02, user, site,
                sent=dice.whole(400, 2500), received=int(dice.pause(45_000)) + 900,
            )  # fmt: skip
            if dice.between(0, 1) < 0.4:
                _content_network(tape, dice, at, user)


def _content_network(tape: Tape, dice: Dice, at: float, user: Host) -> None:
    for _ in range(dice.whole(1, 3)):
        name = f"r{dice.whole(1, 9)}---sn-{dice.label(8)}.edge-content.example"
        ask_name(tape, dice, at, (user, plan.RESOLVER), Question(name))
        at += dice.between(0.01, 0.4)
    server = dice.pick(plan.CONTENT_NETWORK)
    received = int(dice.pause(160_000)) + 4000
    secure_visit(tape, dice, at, user, server, sent=dice.whole(300, 900), received=received)


def names(day: Day) -> None:
    """Look up names for programs: known ones, some missing, some passed upstream."""
    tape, dice = day.tape, day.dice
    for user in day.desks:
        for _ in range(dice.whole(4, 9)):
            at = at_work(dice)
            if dice.between(0, 1) < 0.06:
                missing = Question(f"{dice.label(7)}.intra.city.example", code=NXDOMAIN)
                ask_name(tape, dice, at, (user, plan.SECOND_RESOLVER), missing)
                continue
            question = Question(dice.pick(plan.SITES)[0])
            ask_name(tape, dice, at, (user, plan.RESOLVER), question)
            if dice.between(0, 1) < 0.3:
                upstream = (plan.RESOLVER, plan.UPSTREAM_RESOLVER)
                ask_name(tape, dice, at + 0.001, upstream, question, took=0.018)


def reputation(day: Day) -> None:
    """Let the mail server ask an antivirus service by name, a hash a message."""
    tape, dice = day.tape, day.dice
    at = 700.0
    while at < DAY - 600:
        digest = dice.label(32, "0123456789abcdef")
        question = Question(f"{digest}.l.avcheck.example", answers=(b"\x7f\x00\x00\x02",))
        ask_name(tape, dice, at, (plan.MAIL, plan.RESOLVER), question)
        at += dice.pause(180)


def mail_policy(day: Day) -> None:
    """Let the mail server ask for the policies of senders."""
    tape, dice = day.tape, day.dice
    for _ in range(60):
        text = b"\x20v=spf1 ip4:203.0.113.128/25 -all"
        name = f"{dice.pick(('office', 'bureau', 'school', 'clinic'))}.sender.example"
        question = Question(name, TXT, 0, (text,))
        ask_name(tape, dice, at_work(dice), (plan.MAIL, plan.RESOLVER), question)


def time(day: Day) -> None:
    """Let every host ask the time server, which asks the one above."""
    tape, dice = day.tape, day.dice
    _poll_time(tape, dice, plan.TIME_SERVER, plan.UPSTREAM_TIME, 512)
    for host in (*plan.SERVERS, *day.desks, *plan.CAMERAS, plan.VIDEO):
        if host is not plan.TIME_SERVER:
            _poll_time(tape, dice, host, plan.TIME_SERVER, 3600)


def _poll_time(tape: Tape, dice: Dice, client: Host, server: Host, every: float) -> None:
    at = dice.between(5, every)
    while at < DAY:
        tape.udp(at, (client, server), (123, 123), payload=b"\x23" + bytes(47))
        tape.udp(at + 0.002, (server, client), (123, 123), payload=b"\x24" + bytes(47))
        at += every + dice.between(-3, 3)


def monitoring(day: Day) -> None:
    """Let the monitor ask servers for their state every ten minutes and ping them."""
    tape, dice = day.tape, day.dice
    for number, server in enumerate((plan.PORTAL, plan.EXCHANGE, plan.MAIL, plan.FILES)):
        at, port = 11.0 + number, dice.whole(32_768, 60_999)
        while at < DAY:
            tape.udp(at, (plan.MONITOR, server), (port, 161), payload=b"0" * 82)
            tape.udp(at + 0.003, (server, plan.MONITOR), (161, port), payload=b"0" * 140)
            at += 600 + dice.between(-0.4, 0.4)
    for number, host in enumerate((*plan.SERVERS, plan.VIDEO)):
        for round_number in range(10):
            at = 60 + number * 2 + round_number * HOUR
            mark = round_number << 16 | 0x4000 + number
            tape.echo(at, (plan.MONITOR, host), reply=False, mark=mark)
            tape.echo(at + 0.001, (host, plan.MONITOR), reply=True, mark=mark)


def patches(day: Day) -> None:
    """Let desks ask the patch server inside and the antivirus outside at a steady beat."""
    tape, dice = day.tape, day.dice
    for user in day.desks:
        at = dice.between(100, 1.2 * HOUR)
        while at < DAY - 300:
            secure_visit(
                tape, dice, at, user, plan.ANTIVIRUS, sent=dice.whole(610, 640),
                received=dice.whole(880, 920),
            )  # fmt: skip
            at += 3 * HOUR + dice.between(-60, 60)
    for user in day.desks[::2]:
        visit = at_work(dice)
        received = dice.whole(40_000, 900_000)
        secure_visit(tape, dice, visit, user, plan.PATCHES, sent=900, received=received, port=8531)


def messenger(day: Day) -> None:
    """Keep the messenger of a dozen desks open: a sign of life every ten minutes."""
    tape, dice = day.tape, day.dice
    for user in day.desks[::4]:
        at, port = dice.between(900, HOUR), dice.whole(32_768, 60_999)
        while at < DAY - 900:
            tape.udp(at, (user, plan.MESSENGER), (port, 8000), payload=b"\x02" + bytes(60))
            tape.udp(at + 0.03, (plan.MESSENGER, user), (8000, port), payload=b"\x02" + bytes(28))
            at += 600 + dice.between(-8, 8)


def files(day: Day) -> None:
    """Read and write files over SMB."""
    tape, dice = day.tape, day.dice
    for user in day.desks:
        for _ in range(dice.whole(1, 3)):
            turns = (
                ask(228, opening=SMB_HELLO),
                answer(450, opening=SMB_HELLO),
                ask(dice.whole(600, 60_000), 0.01),
                answer(int(dice.pause(400_000)) + 500, 0.01),
            )
            Talk(tape, dice, user, plan.FILES, 445, at_work(dice), 0.002).run(turns)


def mail(day: Day) -> None:
    """Fetch and send mail; other servers deliver it."""
    tape, dice = day.tape, day.dice
    for user in day.desks:
        for _ in range(dice.whole(2, 4)):
            sent, received = dice.whole(300, 9000), int(dice.pause(60_000)) + 800
            secure_visit(
                tape, dice, at_work(dice), user, plan.MAIL, sent=sent, received=received, port=993
            )
    for _ in range(70):
        _deliver(tape, dice, dice.pick(plan.OTHER_MAIL), plan.MAIL)
    for _ in range(45):
        _deliver(tape, dice, plan.MAIL, dice.pick(plan.OTHER_MAIL))


def _deliver(tape: Tape, dice: Dice, client: Host, server: Host) -> None:
    turns = (
        answer(60, opening=b"220 mail.example ESMTP ready\r\n"),
        ask(30, opening=b"EHLO relay.example\r\n"),
        answer(140, opening=b"250-mail.example\r\n"),
        ask(int(dice.pause(70_000)) + 1500, 0.05),
        answer(24, 0.1, b"250 2.0.0 queued\r\n"),
    )
    Talk(tape, dice, client, server, 25, at_work(dice), 0.03).run(turns)


def administration(day: Day) -> None:
    """Let administrators work over SSH from the bastion and over RDP, some sessions short."""
    tape, dice = day.tape, day.dice
    servers = (plan.PORTAL, plan.EXCHANGE, plan.MAIL, plan.SOCIAL_INSURANCE, plan.HEALTH_RECORDS)
    for _ in range(16):
        keys = [
            turn
            for _ in range(dice.whole(4, 24))
            for turn in (ask(dice.whole(36, 90), dice.pause(14)), answer(dice.whole(60, 1400)))
        ]
        shell(tape, dice, at_work(dice), (plan.BASTION, dice.pick(servers)), keys)
    for user in day.desks[:3]:
        at = at_work(dice)
        shell(tape, dice, at, (user, plan.BASTION), [])
        keys = [ask(48, 2.0), answer(600), ask(60, 9.0), answer(900)]
        shell(tape, dice, at + 12, (user, plan.BASTION), keys)
    for _ in range(6):
        remote_desktop(tape, dice, at_work(dice), day.desks[2], minutes=dice.whole(4, 25))


def shell(
    tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host], turns: list[Turn],
    *, end: str = "fin",
) -> float:  # fmt: skip
    """Add an SSH connection: versions, keys, one login, then the turns given."""
    opening = [
        ask(21, opening=SSH_CLIENT),
        answer(21, opening=SSH_SERVER),
        ask(1500, 0.002),
        answer(1100, 0.003),
        ask(120, 0.01),
        answer(80, 0.2),
    ]
    talk = Talk(tape, dice, ends[0], ends[1], 22, at, 0.004)
    return talk.run([*opening, *turns], end=end)


def remote_desktop(tape: Tape, dice: Dice, at: float, user: Host, *, minutes: int) -> None:
    """Add an RDP session: a picture now and then, a few clicks."""
    turns = [ask(47, opening=b"\x03\x00\x00\x2f*\xe0"), answer(19, opening=b"\x03\x00\x00\x13")]
    for _ in range(minutes):
        turns += [ask(dice.whole(80, 400), dice.pause(50)), answer(dice.whole(3000, 60_000))]
    Talk(tape, dice, user, plan.REMOTE_DESKTOP, 3389, at, 0.003).run(turns)


def backup(day: Day) -> None:
    """Write the backups of servers to the store inside."""
    tape, dice = day.tape, day.dice
    for number, server in enumerate((plan.FILES, plan.SOCIAL_INSURANCE, plan.HEALTH_RECORDS)):
        turns = [
            ask(300, opening=TLS_HELLO),
            answer(3000, opening=TLS_REPLY),
            ask(dice.whole(9, 14) * 1_000_000, 0.1, TLS_DATA, seconds=90),
            answer(200, 0.5),
        ]
        Talk(tape, dice, server, plan.BACKUP, 8443, 4.1 * HOUR + number * 700, 0.001).run(turns)


def exchange(day: Day) -> None:
    """Let the front-end trade with the province every quarter of an hour."""
    tape, dice = day.tape, day.dice
    at = 130.0
    while at < DAY - 60:
        secure_visit(
            tape, dice, at, plan.EXCHANGE, plan.PROVINCE,
            sent=dice.whole(150_000, 600_000), received=dice.whole(20_000, 200_000),
        )  # fmt: skip
        at += 900 + dice.between(-2, 2)
    for _ in range(60):
        server = dice.pick((plan.SOCIAL_INSURANCE, plan.HEALTH_RECORDS))
        turns = [ask(dice.whole(200, 900), 0.01), answer(dice.whole(2000, 90_000), 0.03)] * 2
        Talk(tape, dice, plan.EXCHANGE, server, 5432, at_work(dice), 0.001).run(turns)


def portal(day: Day) -> None:
    """Let citizens visit the portal; a few strangers knock at a closed port or two."""
    tape, dice = day.tape, day.dice
    for _ in range(170):
        secure_visit(
            tape, dice, at_work(dice), dice.pick(plan.VISITORS), plan.PORTAL,
            sent=dice.whole(300, 4000), received=int(dice.pause(50_000)) + 1200,
        )  # fmt: skip
    for _ in range(24):
        stranger, port = (
            Host(f"192.0.2.{dice.whole(30, 80)}", ttl=44),
            dice.pick((22, 23, 8080, 445)),
        )
        Talk(tape, dice, stranger, plan.PORTAL, port, dice.between(0, DAY)).refused()


def cameras(day: Day) -> None:
    """Send video to the platform: a picture stream in large pieces, a beat of control."""
    tape, dice = day.tape, day.dice
    for camera in plan.CAMERAS:
        at, port = dice.between(20, 600), dice.whole(32_768, 60_999)
        while at < DAY:
            tape.udp(at, (camera, plan.VIDEO), (port, 5004), payload=b"\x80\x60", octets=60_000)
            at += 900 + dice.between(-4, 4)
        turns = [ask(120, opening=b"OPTIONS rtsp://10.20.31.10/ RTSP/1.0\r\n"), answer(90)]
        for _ in range(3):
            turns += [ask(120, 900), answer(90)]
        Talk(tape, dice, plan.VIDEO, camera, 554, dice.between(30, 5 * HOUR), 0.002).run(turns)


def meetings(day: Day) -> None:
    """Hold five video meetings over UDP, large pieces both ways."""
    tape, dice = day.tape, day.dice
    for user in (day.desks[1], *day.desks[9:40:10]):
        at, port = at_work(dice), dice.whole(32_768, 60_999)
        for _ in range(24):
            tape.udp(at, (user, plan.MEETING), (port, 3478), payload=b"\x90", octets=30_000)
            tape.udp(at + 0.1, (plan.MEETING, user), (3478, port), payload=b"\x90", octets=50_000)
            at += 6 + dice.between(-1, 1)


def six(day: Day) -> None:
    """Give some desks IPv6: look-ups, a site, echo."""
    tape, dice = day.tape, day.dice
    data = (address_data(plan.SIX_SITE.ip),)
    for user in plan.SIX_WORKSTATIONS:
        for mark in range(5):
            at = at_work(dice)
            question = Question("www.open-library.example", AAAA, 0, data)
            ask_name(tape, dice, at, (user, plan.RESOLVER_SIX), question)
            received = int(dice.pause(30_000)) + 900
            secure_visit(tape, dice, at + 0.01, user, plan.SIX_SITE, sent=700, received=received)
            tape.echo(at + 60, (user, plan.SIX_SITE), reply=False, mark=mark)
            tape.echo(at + 60.02, (plan.SIX_SITE, user), reply=True, mark=mark)


BLOCKS: tuple[Block, ...] = (
    browse, names, reputation, mail_policy, time, monitoring, patches, messenger, files, mail,
    administration, backup, exchange, portal, cameras, meetings, six,
)  # fmt: skip


def working_day(tape: Tape, dice: Dice, desks: tuple[Host, ...] = plan.WORKSTATIONS) -> None:
    """Put the whole ordinary day of these desks onto the tape."""
    for block in BLOCKS:
        block(Day(tape, dice.split(block.__name__), desks))
