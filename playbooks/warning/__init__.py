"""Warnings of the plan: drafted, issued by a second person, lifted by who issued them."""
