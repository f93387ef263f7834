"""Words: names, addresses, companies, health, and what else a lexicon knows."""
