"""Spot prizes of the day: small things for many, at moments that can be told beforehand, and a draw that can be checked."""
