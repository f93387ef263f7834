"""Text from outside made fit for a document: nothing vanishes, nothing acts."""

import re

_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters: XML 1.0 refuses most of them
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # unseen, or turn text
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # no characters
)


def clean(text: str) -> str:
    """Return the text with line breaks as such and every unseen character made visible.

    A NUL becomes ⟨U+0000⟩; so does what turns the direction of text, which could make a file
    name look like another one.
    """
    lines = _BREAKS.sub("\n", text).replace("\t", " ")
    return _HARMFUL.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", lines)
