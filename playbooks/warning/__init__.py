"""Warnings of the plan: issued by who may, lifted by who issued them."""
