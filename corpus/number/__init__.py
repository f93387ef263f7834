"""Numbers with check digits of their own making, valid by construction."""
