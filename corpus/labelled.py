"""Labelled positives of every kind: written in many forms, with and without a label beside them."""

from collections.abc import Callable, Iterator

from corpus import region
from corpus.dice import Dice
from corpus.number import card, contact, identity, organisation
from corpus.person import full_name
from corpus.phrase import AROUND, BARE, JOINED, LABELS
from corpus.sample import Labelled, Value, compose

Maker = Callable[[Dice], str]

MAKERS: dict[str, Maker] = {
    "resident_id": identity.resident_id,
    "resident_id_15": identity.resident_id_15,
    "residence_permit": identity.residence_permit,
    "permanent_residence": identity.permanent_residence,
    "uscc": organisation.uscc,
    "organisation_code": organisation.organisation_code,
    "business_licence": organisation.business_licence,
    "bank_card": card.bank_card,
    "mobile": contact.mobile,
    "landline": contact.landline,
    "passport": identity.passport,
    "travel_permit": identity.travel_permit,
    "hkid": identity.hkid,
    "twid": identity.twid,
    "driver_archive": identity.driver_archive,
    "plate": contact.plate,
    "vin": card.vin,
    "imei": card.imei,
    "imsi": card.imsi,
    "iccid": card.iccid,
    "meid": card.meid,
    "mac": contact.mac,
    "ipv4": contact.ipv4,
    "ipv6": contact.ipv6,
    "email": contact.email,
    "gps": contact.gps,
    "name": full_name,
    "address": region.address,
    "company": organisation.company,
}
CHECKED = (
    "resident_id",
    "residence_permit",
    "permanent_residence",
    "uscc",
    "bank_card",
    "imei",
    "iccid",
    "hkid",
    "twid",
    "vin",
    "organisation_code",
    "business_licence",
)
"""Kinds with a check digit: of these the corpus holds 5,000 positives, of the others 2,000."""
NEED_CONTEXT = frozenset(
    {
        "resident_id_15",
        "organisation_code",
        "business_licence",
        "passport",
        "travel_permit",
        "driver_archive",
        "imei",
        "imsi",
        "meid",
        "name",
        "address",
        "twid",
        "hkid",
        "company",
        "vin",
    }
)  # fmt: skip
"""Kinds that are only made with a label: their shape alone says too little."""


def size(kind: str) -> int:
    """How many positives the corpus holds of a kind."""
    return 5000 if kind in CHECKED else 2000


def _grouped(value: str, sizes: tuple[int, ...], mark: str) -> str:
    parts, at = [], 0
    for length in sizes:
        parts.append(value[at : at + length])
        at += length
    return mark.join(part for part in (*parts, value[at:]) if part)


def _identity_form(dice: Dice, value: str) -> str:
    forms = (
        value.lower(),
        _grouped(value, (6, 8), " "),
        _grouped(value, (6, 8), "-"),
        value,
    )
    return dice.pick(forms)


def _card_form(dice: Dice, value: str) -> str:
    return _grouped(value, (4, 4, 4, 4), dice.pick((" ", "-", " ")))


def _mobile_form(dice: Dice, value: str) -> str:
    prefix = dice.pick(("", "", "+86 ", "+86", "86-", "0086"))
    return prefix + (_grouped(value, (3, 4), dice.pick((" ", "-"))) if dice.chance(0.6) else value)


def _landline_form(dice: Dice, value: str) -> str:
    head, _, tail = value.partition("-")
    if head == "400":
        return value
    return dice.pick(
        (f"{head} {tail}", f"（{head}）{tail}", f"({head}){tail}", f"+86-{head[1:]}-{tail}")
    )


def _plate_form(dice: Dice, value: str) -> str:
    return value[:2] + dice.pick(("·", " ", "·")) + value[2:]


_FORMS: dict[str, Callable[[Dice, str], str]] = {
    "resident_id": _identity_form,
    "residence_permit": _identity_form,
    "permanent_residence": _identity_form,
    "bank_card": _card_form,
    "mobile": _mobile_form,
    "landline": _landline_form,
    "plate": _plate_form,
    "organisation_code": lambda _, value: value.replace("-", ""),
    "hkid": lambda _, value: value.replace("(", "（").replace(")", "）"),
}


def written(dice: Dice, kind: str) -> str:
    """Make a value of a kind and write it down, one time in five in another of its usual forms."""
    value = MAKERS[kind](dice)
    form = _FORMS.get(kind)
    return form(dice, value) if form and dice.chance(0.2) else value


def joined(dice: Dice, label: str) -> str:
    """Return a form for a label and `{value}`, with words around them."""
    form = dice.pick(JOINED).replace("{label}", label)
    return dice.pick(AROUND).replace("{joined}", form).replace("{n}", str(dice.whole(1, 60)))


def bare(dice: Dice) -> str:
    """Return a form for `{value}` (once or twice) that names nothing."""
    form = dice.pick(BARE).replace("{n}", str(dice.whole(1, 60)))
    return form.replace("{d}", str(dice.whole(1, 9)))


def _plain(dice: Dice, kind: str) -> tuple[str, bool]:
    """Draw a form; a third of the kinds that can stand alone do. Tell whether it names the kind."""
    if kind not in NEED_CONTEXT and dice.chance(1 / 3):
        return bare(dice), False
    return joined(dice, dice.pick(LABELS[kind])), True


_RECORDS = (
    "{name}，{sex}，{resident_id}，{mobile}",
    "姓名：{name}\n性别：{sex}\n身份证号：{resident_id}\n手机：{mobile}\n住址：{address}",
    "申请人{name}（身份证号{resident_id}），联系电话{mobile}，住{address}。",
    "{n}\t{name}\t{resident_id}\t{mobile}\t{bank_card}",
    "{n},{name},{resident_id},{bank_card},{mobile}",
    "姓名 {name} 证件号码 {resident_id} 银行卡号 {bank_card} 车牌号 {plate}",
    "企业名称：{company}，统一社会信用代码：{uscc}，法定代表人：{name}，电话：{landline}",
    '{{"name": "{name}", "idCard": "{resident_id}", "phone": "{mobile}", "email": "{email}"}}',
    "收款人：{name}；账号：{bank_card}；开户行：示例银行东港支行；手机：{mobile}",
    "护照号{passport}，持有人姓名：{name}，手机号{mobile}",
)


def _record(dice: Dice, kind: str) -> Labelled | None:
    forms = [form for form in _RECORDS if f"{{{kind}}}" in form]
    if not forms:
        return None
    form = dice.pick(forms).replace("{n}", str(dice.whole(1, 900)))
    named = form.replace("{sex}", dice.pick("男女"))
    text, spans = compose(named, {key: Value(key, MAKERS[key](dice)) for key in MAKERS})
    return Labelled(text=text, about=kind, spans=spans, context=True, why="record")


def positive(dice: Dice, kind: str) -> Labelled:
    """Make one text with a value of a kind; one in six is a record with other kinds beside it."""
    record = _record(dice, kind) if dice.chance(1 / 6) else None
    if record is not None:
        return record
    form, context = _plain(dice, kind)
    values = {"value": Value(kind, written(dice, kind)), "value2": Value(kind, written(dice, kind))}
    text, spans = compose(form, values)
    return Labelled(text=text, about=kind, spans=spans, context=context)


def positives(kind: str, count: int, seed: str = "1") -> Iterator[Labelled]:
    """Make `count` positives of a kind, one by one."""
    dice = Dice(f"{seed}/positive/{kind}")
    for _ in range(count):
        yield positive(dice, kind)
