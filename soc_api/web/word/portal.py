"""Words of the department portal: plain ones, for somebody who comes twice a year."""

WORDS: dict[str, tuple[str, str]] = {}
