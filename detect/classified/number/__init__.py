"""Numbers that a rule of their own makes: identity, organisations, cards, phones, devices."""
