import pytest

from sensors.input.file.rotation import is_derived


@pytest.mark.parametrize(
    ("path", "first", "expected"),
    [
        ("/l/web.log.1", "/l/web.log", True),
        ("/l/web.log.1.gz", "/l/web.log.1", True),
        ("/l/web-20260302.log", "/l/web.log", True),
        ("/old/web.2.log", "/l/web.log", True),
        ("/l/web", "/l/web", True),
        ("/l/website.log", "/l/web.log", False),
        ("/l/h10.log", "/l/h1.log", False),
        ("/l/other.log", "/l/web.log", False),
    ],
)
def test_a_name_tells_whether_a_rotation_made_it(path: str, first: str, *, expected: bool) -> None:
    assert is_derived(path, first) is expected
