"""Notices: drafted, signed off, issued, signed for, answered, rechecked, archived."""
