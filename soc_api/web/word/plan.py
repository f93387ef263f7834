"""Words of the plan, of warnings, of the outbox and of the audit."""

WORDS: dict[str, tuple[str, str]] = {}
