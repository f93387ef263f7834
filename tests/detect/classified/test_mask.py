import string

from hypothesis import given
from hypothesis import strategies as st

from detect.classified.mask import HIDDEN, mask_of
from situation.content.kind import KINDS

values = st.text(string.digits + string.ascii_letters + "粤张三0-.@", min_size=4, max_size=40)


@given(st.sampled_from(sorted(KINDS)), values)
def test_no_mask_holds_its_value(kind: str, value: str) -> None:
    mask = mask_of(kind, value)
    assert value not in mask
    assert "*" in mask


@given(
    st.sampled_from(sorted(set(KINDS) - {"name", "email"})), st.text(string.digits[1:], min_size=4)
)
def test_no_digit_of_a_value_is_shown(kind: str, value: str) -> None:
    assert not set(mask_of(kind, value)) & set(value)


def test_masks_have_the_shape_of_their_kind() -> None:
    assert mask_of("resident_id", "11010519491231002X") == "000000********000X"
    assert mask_of("mobile", "13800138000") == "000****0000"
    assert mask_of("bank_card", "6222024000000000014") == "000000*********0000"
    assert mask_of("plate", "粤B12345") == "某*****0"
    assert mask_of("email", "zhang.san@sz.gov.cn") == "x***@x***"


def test_of_a_name_the_family_name_is_shown_and_of_a_secret_nothing() -> None:
    assert mask_of("name", "王小明") == "王**"
    assert mask_of("password", "abc") == HIDDEN
    assert mask_of("private_key", "x" * 900) == HIDDEN


def test_long_values_have_short_masks() -> None:
    assert len(mask_of("address", "示例市东港区" * 20)) <= 20
