from situation.content.piece import Nature
from tests.sensors.content.fixed.ofd_part import ofd, page
from tests.sensors.content.pieced import pieces_of, texts

_PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(80)


def der(tag: int, *values: bytes) -> bytes:
    """Return one item (ITU-T X.690)."""
    held = b"".join(values)
    size = len(held)
    long = size.to_bytes(2)
    return bytes([tag]) + (bytes([size]) if size < 128 else b"\x82" + long) + held


def seal(name: str) -> bytes:
    """Return the structure of a seal with a name and a picture (GB/T 38540-2020, 7.1)."""
    header = der(0x30, der(0x16, b"ES"), der(0x02, b"\x04"))
    owner = der(0x30, der(0x0C, name.encode()), der(0x17, b"260101000000Z"))
    picture = der(0x30, der(0x16, b"png"), der(0x04, _PIXEL))
    return der(0x30, der(0x30, header, owner, picture), der(0x03, bytes(200)))


def test_the_texts_of_a_seal_are_annotations_and_it_is_a_signature() -> None:
    pieces = pieces_of(ofd(page(), parts={"Signs/Sign_0/Seal.esl": seal("某某局印章")}))
    assert texts(pieces, "annotation") == ["ES 某某局印章 png"]
    traits = [piece.trait for piece in pieces if isinstance(piece, Nature)]
    assert traits[0] == "signature"


def test_a_signature_whose_structure_is_broken_yields_no_more_than_itself() -> None:
    parts = {"Signs/SignedValue.dat": b"\x30\x84\xff\xff\xff\xff" + bytes(9)}
    pieces = pieces_of(ofd(page(), parts=parts))
    assert [piece.trait for piece in pieces if isinstance(piece, Nature)] == ["signature"]
