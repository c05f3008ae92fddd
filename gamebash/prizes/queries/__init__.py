"""Reads of prizes: what was squashed in order, and the list with who got what."""
