"""Ways to reach someone or something: phones, plates, mail and network addresses, coordinates."""

from corpus.dice import Dice

_MIDDLE = (
    "145 147 150 151 152 153 155 156 157 158 159 162 165 166 167 170 171 172 173 175 176 177 178"
)
_LAST = "195 196 197 198 199"
_MOBILE = (*map(str, range(130, 140)), *_MIDDLE.split(), *map(str, range(180, 194)), *_LAST.split())


def mobile(dice: Dice) -> str:
    """Make a mobile number: eleven digits with a prefix that is in use."""
    return dice.pick(_MOBILE) + dice.digits(8)


_AREAS = {"010": 8, "020": 8, "021": 8, "025": 8, "027": 8, "028": 8, "0755": 8, "0571": 8,
          "0592": 7, "0531": 8, "0371": 8, "0731": 8, "0771": 7, "0898": 8, "0991": 7}  # fmt: skip


def landline(dice: Dice) -> str:
    """Make a landline number with its area code, or a 400 number."""
    if dice.chance(0.08):
        return f"400-{dice.whole(600, 899)}-{dice.digits(4)}"
    area = dice.pick(sorted(_AREAS))
    first = f"{dice.pick('2568')}{dice.whole(2, 9)}"
    return f"{area}-{first}{dice.digits(_AREAS[area] - 2)}"


_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_PLATE_ALL = _PLATE + "0123456789" * 3


def _plain_plate(dice: Dice) -> str:
    tail = dice.digits(5)
    for _ in range(dice.pick((0, 0, 1, 1, 2))):
        at = dice.whole(0, 4)
        tail = tail[:at] + dice.pick(_PLATE) + tail[at + 1 :]
    return tail


def plate(dice: Dice) -> str:
    """Make a number plate (GA 36): plain, new energy small and large, or with a tail."""
    head = dice.pick(_PROVINCES) + dice.pick("ABCDEFGHJKLMNP")
    forms = (
        _plain_plate(dice),
        _plain_plate(dice),
        dice.pick("DABCEFGHJK") + dice.pick(_PLATE_ALL) + dice.digits(4),
        dice.digits(5) + dice.pick("DF"),
        dice.digits(4) + dice.pick("学警挂"),
    )
    return head + dice.pick(forms)


_WORDS = (
    "office", "service", "zhang.wei", "li_na", "wang88", "chenjie", "hr", "liuyang2020", "xm.zhao",
    "sun-li", "zhoupeng", "admin01", "wu.min", "fengyu", "kf", "tanglei",
)  # fmt: skip
_HOSTS = (
    "city.example", "mail.example.com", "bureau.example.org", "corp.example.net", "post.example.cn",
    "dept.example.com.cn", "hr.example.gov.cn",
)  # fmt: skip


def email(dice: Dice) -> str:
    """Make a mail address; its hosts are those that RFC 2606 keeps for examples."""
    return (
        f"{dice.pick(_WORDS)}{dice.whole(1, 999) if dice.chance(0.4) else ''}@{dice.pick(_HOSTS)}"
    )


def ipv4(dice: Dice) -> str:
    """Make an IPv4 address: private, of documentation, or any."""
    nets = ("10.{}.{}.{}", "192.168.{1}.{2}", "172.16.{1}.{2}", "198.51.100.{2}", "203.0.113.{2}")
    return dice.pick(nets).format(dice.whole(0, 255), dice.whole(0, 255), dice.whole(1, 254))


_HEX = "0123456789abcdef"


def ipv6(dice: Dice) -> str:
    """Make an IPv6 address of documentation or a unique local one, whole or shortened."""
    groups = [dice.text(4, _HEX).lstrip("0") or "0" for _ in range(6)]
    full = "2001:db8:" + ":".join(groups)
    short = f"fd00:{groups[0]}::{groups[1]}"
    return dice.pick((full, short))


def mac(dice: Dice) -> str:
    """Make a MAC address of a single station, with colons or hyphens."""
    first = f"{dice.pick((0x00, 0x3C, 0x5C, 0x88, 0xA4, 0xF0)):02x}"
    pairs = [first, *(dice.text(2, _HEX) for _ in range(4)), f"{dice.whole(1, 254):02x}"]
    written = dice.pick((":", "-")).join(pairs)
    return written.upper() if dice.chance(0.5) else written


def coordinates(dice: Dice) -> tuple[str, str]:
    """Make longitude and latitude of a point in the south, with five or six decimals."""
    places = dice.pick((5, 6, 6))
    return f"{dice.between(113.76, 114.62):.{places}f}", f"{dice.between(22.45, 22.86):.{places}f}"


def gps(dice: Dice) -> str:
    """Write a point as a pair, in either order."""
    longitude, latitude = coordinates(dice)
    forms = (f"{longitude},{latitude}", f"{latitude}, {longitude}", f"{longitude} {latitude}")
    return dice.pick(forms)
