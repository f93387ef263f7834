"""The directory takes what is good in a file, says what is not, and removes nothing."""

import ipaddress
import pathlib

import pytest
import sqlalchemy as sa

from playbooks.directory import (
    ImportReport,
    contacts_of,
    department_of,
    departments_from_assets,
    desk_contacts,
    import_directory,
)
from playbooks.person import Person
from situation.assets import UNKNOWN, Asset, Assets
from situation.faults import Malformed, Unavailable
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Contact
from tests.playbooks.outbox.post import NOW, add_contact

LEAD = Person("陈一", "duty_lead")
EDU, WATER = "示例市教育局", "示例市水务局"
FILE = f"""department,district,sector,superior,name,role,phone,mail,wecom
{EDU},市本级,教育,示例市政府,王联络,联络员,138-0000-0001,wang@edu.example,wang
{EDU},,,,李局长,head,0000-2000101,,
{WATER},东区,水务,示例市政府,,,,,
示例市网信办,,,,市值班,desk,13800000009,desk@city.example,
"""


def _import(state: StateStore, source: pathlib.Path | bytes | str) -> ImportReport:
    with state.transaction() as session:
        return import_directory(session, source, by=LEAD, now=NOW)


def test_departments_and_contacts_come_from_a_file(either_state: StateStore) -> None:
    report = _import(either_state, FILE)
    assert report.added == (
        EDU,
        WATER,
        "示例市网信办",
        f"{EDU}/王联络/liaison",
        f"{EDU}/李局长/head",
        "示例市网信办/市值班/desk",
    )
    assert (report.faults, report.changed, report.absent) == ((), (), ())
    with either_state.reading() as session:
        department = department_of(session, EDU)
        assert department is not None
        assert (department.district, department.superior) == ("市本级", "示例市政府")
        liaison, head = contacts_of(session, EDU, ("liaison", "head"))
        assert (liaison.mail, liaison.addresses) == ("wang@edu.example", {"wecom": "wang"})
        assert (head.name, head.phone) == ("李局长", "0000-2000101")
        assert [one.name for one in desk_contacts(session)] == ["市值班"]
        assert contacts_of(session, WATER, ("liaison", "head", "duty")) == []


def test_the_same_file_again_changes_nothing(either_state: StateStore) -> None:
    _import(either_state, FILE)
    report = _import(either_state, FILE)
    assert (report.added, report.changed, report.unchanged) == ((), (), 6)
    with either_state.reading() as session:
        actions = session.scalars(sa.select(AuditLine.action)).all()
    assert actions == ["directory.import"]


def test_what_differs_is_changed_and_what_a_file_leaves_empty_stays(
    either_state: StateStore,
) -> None:
    _import(either_state, FILE)
    report = _import(
        either_state, f"department,name,role,phone,feishu\n{EDU},王联络,liaison,13800000002,ou_1\n"
    )
    assert report.changed == (f"{EDU}/王联络/liaison",)
    with either_state.reading() as session:
        (liaison,) = contacts_of(session, EDU, ("liaison",))
    assert (liaison.phone, liaison.mail) == ("13800000002", "wang@edu.example")
    assert liaison.addresses == {"wecom": "wang", "feishu": "ou_1"}


def test_a_channel_of_the_settings_may_be_a_column(either_state: StateStore) -> None:
    text = f"department,name,role,wecom_edu\n{EDU},王联络,liaison,wang\n"
    with pytest.raises(Malformed, match="'wecom_edu' is no column"):
        _import(either_state, text)
    with either_state.transaction() as session:
        import_directory(session, text, channels=["wecom_edu", "mail"], by=LEAD, now=NOW)
        (liaison,) = contacts_of(session, EDU, ("liaison",))
    assert liaison.addresses == {"wecom_edu": "wang"}


def test_what_is_not_in_the_file_is_named_and_kept(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_contact(session, "手工录入", department="示例市交通局")
    report = _import(either_state, FILE)
    assert report.absent == ("示例市交通局", "示例市交通局/手工录入/liaison")
    with either_state.reading() as session:
        assert contacts_of(session, "示例市交通局", ("liaison",))


def test_bad_rows_are_told_with_line_and_reason_and_the_good_ones_taken(
    either_state: StateStore,
) -> None:
    report = _import(
        either_state,
        f"department,name,role,phone,mail\n"
        f"{EDU},王联络,liaison,,wang@edu.example\n"
        ",李,head,,\n"
        f"{EDU},赵,boss,,\n"
        f"{EDU},钱,head,12,a@b@c\n"
        f"{EDU},,head,,\n"
        f"{EDU},王联络,联络员,,\n"
        f"{EDU},孙,head,,,,\n"
        "\n"
        f"{WATER},周,head,,\n",
    )
    told = {fault.line: fault.reason for fault in report.faults}
    assert list(told) == [3, 4, 5, 6, 7, 8]
    assert told[3] == "department is empty"
    assert told[4].startswith("role 'boss' is none of liaison, head, duty")
    assert told[5] == "mail 'a@b@c' is no mail address; phone '12' is no phone number"
    assert told[6] == "role without a name"
    assert told[7] == "line 2 has the same contact"
    assert told[8] == "2 cells more than the header"
    assert report.added == (EDU, WATER, f"{EDU}/王联络/liaison", f"{WATER}/周/head")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_may_be_written_by_any_office_program(
    either_state: StateStore, tmp_path: pathlib.Path, encoding: str
) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(FILE.replace("\n", "\r\n").encode(encoding))
    assert len(_import(either_state, path).added) == 6
    assert _import(either_state, path.read_bytes()).unchanged == 6


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name,role\n", "'department' is missing"),
        ("department,fon\n", "'fon' is no column"),
        ("department,name,name\n", "'name' stands there twice"),
        ("", "'department' is missing"),
        ('department\n"a', "is no CSV"),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(
    either_state: StateStore, text: str, reason: str
) -> None:
    with pytest.raises(Malformed, match=reason):
        _import(either_state, text)


def test_a_file_that_cannot_be_read_is_told(
    either_state: StateStore, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(Unavailable, match=r"none\.csv: No such file"):
        _import(either_state, tmp_path / "none.csv")
    with pytest.raises(Malformed, match="neither UTF-8 nor GB18030"):
        _import(either_state, b"department\n\xff\xff")


def _asset(number: int, department: str, contact: str = UNKNOWN) -> Asset:
    return Asset(
        range=ipaddress.ip_network(f"10.20.0.{number}/32"),
        name=f"主机{number}",
        department=department,
        district="东区",
        contact=contact,
        protection_level=2,
        cii=False,
        role=UNKNOWN,
    )


def test_departments_come_from_the_asset_table_where_the_directory_lacks_them(
    either_state: StateStore,
) -> None:
    assets = Assets(
        [
            _asset(1, EDU, "网络科 0000-2000100"),
            _asset(2, EDU, "另一科"),
            _asset(3, WATER),
            _asset(4, UNKNOWN),
        ]
    )
    _import(either_state, f"department,name,role\n{WATER},周,head\n")
    with either_state.transaction() as session:
        assert departments_from_assets(session, assets, NOW) == 1
    with either_state.transaction() as session:
        assert departments_from_assets(session, assets, NOW) == 0
        rows = session.scalars(sa.select(Contact).where(Contact.department == EDU)).all()
        department = department_of(session, EDU)
    assert [(one.name, one.phone, one.role) for one in rows] == [
        ("网络科", "0000-2000100", "liaison")
    ]
    assert department is not None
    assert department.district == "东区"
