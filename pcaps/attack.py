"""Building blocks of attacks."""

from collections.abc import Sequence

from pcaps.background import (
    SSH_CLIENT,
    SSH_SERVER,
    TLS_DATA,
    TLS_HELLO,
    TLS_REPLY,
    secure_visit,
    shell,
)
from pcaps.plan import RESOLVER, UPSTREAM_RESOLVER
from pcaps.traffic import (
    TXT,
    Dice,
    Host,
    Question,
    Request,
    Talk,
    Tape,
    Turn,
    answer,
    ask,
    ask_name,
)


def knock(
    tape: Tape, dice: Dice, at: float, source: Host, targets: Sequence[tuple[Host, int]],
    *, gap: float, open_ports: frozenset[tuple[str, int]] = frozenset(),
    dark: frozenset[str] = frozenset(),
) -> float:  # fmt: skip
    """Try one port after the other: open ones greet and are reset, dark addresses are silent."""
    for target, port in targets:
        talk = Talk(tape, dice, source, target, port, at, 0.03)
        if (target.ip, port) in open_ports:
            talk.run([], end="rst")
        else:
            talk.refused(silent=target.ip in dark)
        at += gap * dice.between(0.7, 1.3)
    return at


def guess_shell(
    tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host], *, times: int, gap: float
) -> float:
    """Guess an SSH password, one connection each, refused after one try."""
    for _ in range(times):
        turns = (
            ask(21, opening=SSH_CLIENT),
            answer(21, opening=SSH_SERVER),
            ask(1200, 0.002),
            answer(1100, 0.003),
            ask(dice.whole(110, 126), 0.02),
            answer(52, dice.between(1.5, 2.4)),
        )
        Talk(tape, dice, ends[0], ends[1], 22, at, 0.035).run(turns)
        at += gap * dice.between(0.8, 1.25)
    return at


def guess_desktop(
    tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host], *, times: int, gap: float
) -> float:
    """Guess an RDP password, one connection each."""
    for _ in range(times):
        turns = (
            ask(47, opening=b"\x03\x00\x00\x2f*\xe0"),
            answer(19, opening=b"\x03\x00\x00\x13"),
            ask(dice.whole(640, 660), 0.02),
            answer(1180, 0.1),
            ask(dice.whole(300, 312), 0.02),
        )
        Talk(tape, dice, ends[0], ends[1], 3389, at, 0.035).run(turns, end="rst")
        at += gap * dice.between(0.8, 1.25)
    return at


def guess_telnet(
    tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host], *, times: int, gap: float
) -> float:
    """Guess a telnet password, one connection each."""
    for _ in range(times):
        turns = (
            answer(15, opening=b"\xff\xfd\x18\xff\xfd camera"),
            ask(6, 0.1, b"root\r\n"),
            answer(10, 0.05, b"Password: "),
            ask(dice.whole(6, 10), 0.1),
            answer(17, 1.0, b"Login incorrect\r\n"),
        )
        Talk(tape, dice, ends[0], ends[1], 23, at, 0.04).run(turns)
        at += gap * dice.between(0.8, 1.25)
    return at


def work_in_shell(tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host], keys: int) -> float:
    """Log in over SSH and work: `keys` commands with their output."""
    turns: list[Turn] = []
    for _ in range(keys):
        turns += [ask(dice.whole(36, 120), dice.pause(7)), answer(dice.whole(80, 4000), 0.05)]
    return shell(tape, dice, at, ends, turns)


def beacon(
    tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host],
    *, until: float, period: float, jitter: float, port: int = 443,
) -> float:  # fmt: skip
    """Call home every `period` seconds, give or take the share `jitter`."""
    while at < until:
        secure_visit(
            tape, dice, at, *ends, sent=dice.whole(210, 340), received=dice.whole(120, 420),
            port=port,
        )  # fmt: skip
        at += period * (1 + dice.between(-jitter, jitter))
    return at


def tunnel(
    tape: Tape, dice: Dice, at: float, client: Host, domain: str, *, questions: int, gap: float
) -> float:
    """Carry data in the names of TXT questions; the resolver passes every one on."""
    for number in range(questions):
        name = f"{number:04x}{dice.label(44)}.{dice.label(30)}.{domain}"
        question = Question(name, TXT, 0, (b"\x30" + dice.label(48).encode(),))
        ask_name(tape, dice, at, (client, RESOLVER), question, took=0.045)
        ask_name(tape, dice, at + 0.002, (RESOLVER, UPSTREAM_RESOLVER), question, took=0.04)
        at += dice.pause(gap)
    return at


def upload(
    tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host],
    *, octets: int, pieces: int, seconds: float,
) -> float:  # fmt: skip
    """Send `octets` out in `pieces` connections of about `seconds` each."""
    for _ in range(pieces):
        share = int(octets / pieces * dice.between(0.85, 1.15))
        turns = (
            ask(517, opening=b"\x16\x03\x01\x02\x00\x01"),
            answer(2900, opening=b"\x16\x03\x03\x00\x7a\x02"),
            ask(share, 0.1, b"\x17\x03\x03", seconds=seconds * dice.between(0.8, 1.2)),
            answer(260, 0.2),
        )
        at = Talk(tape, dice, ends[0], ends[1], 443, at, 0.03).run(turns) + dice.pause(60)
    return at


def work_in_telnet(
    tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host], *, commands: int
) -> float:
    """Log in over telnet and fetch a program."""
    turns = [
        answer(15, opening=b"\xff\xfd\x18\xff\xfd camera"),
        ask(6, 0.1, b"root\r\n"),
        answer(10, 0.05, b"Password: "),
        ask(9, 0.1),
        answer(30, 0.2, b"BusyBox v1.0 built-in shell\r\n$ "),
    ]
    for _ in range(commands):
        turns += [ask(dice.whole(20, 90), dice.pause(9)), answer(dice.whole(40, 900), 0.1)]
    return Talk(tape, dice, ends[0], ends[1], 23, at, 0.04).run(turns)


def heartbeat(
    tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host],
    *, until: float, period: float, jitter: float, port: int,
) -> float:  # fmt: skip
    """Connect, exchange a few octets and part, every `period` seconds with jitter."""
    while at < until:
        turns = (ask(4, 0.01, b"\x00\x00\x00\x01"), answer(2, 0.02, b"\x00\x00"))
        Talk(tape, dice, ends[0], ends[1], port, at, 0.05).run(turns)
        at += period * (1 + dice.between(-jitter, jitter))
    return at


def probe_web(
    tape: Tape, dice: Dice, at: float, ends: tuple[Host, Host],
    *, targets: Sequence[tuple[str, int]], agent: str, a_connection: int, gap: float,
) -> float:  # fmt: skip
    """Ask a web server for targets with the statuses that they get, some in each connection."""
    for first in range(0, len(targets), a_connection):
        turns = [ask(517, opening=TLS_HELLO), answer(3100, opening=TLS_REPLY)]
        when = at
        for target, status in targets[first : first + a_connection]:
            octets, pause = dice.whole(150, 900), gap * dice.between(0.6, 1.4)
            turns += [ask(160 + len(target), pause, TLS_DATA), answer(octets, 0.004, TLS_DATA)]
            when += pause + 0.1
            tape.requests.append(
                Request(
                    at=when, client=ends[0], server=ends[1], target=target, status=status,
                    octets=octets, agent=agent,
                )
            )  # fmt: skip
        at = Talk(tape, dice, ends[0], ends[1], 443, at, 0.03).run(turns) + dice.between(0.5, 2)
    return at
