"""Which accepted fixes are looked at a second time. Pure.

Drawn by a hash of the fix, so that nobody can steer it and everybody can check it. What pays more is checked more often: whoever
hands in shams hands in big ones (see the incentive audit).
"""

import hashlib

from gamebash.events.rules import Rules

BITS = 32
MANY = float(2**BITS)


def check_chance(points: int, rules: Rules) -> float:
    """Return the chance that an accepted fix is looked at twice: the rule's share for each point that it pays, 1 at most."""
    return min(1.0, rules.spot_check_share * max(1, points)) if points else 0.0


def is_drawn_for_check(fix_id: int, points: int, rules: Rules) -> bool:
    """Say whether this fix is looked at a second time."""
    lot = int.from_bytes(hashlib.sha256(f"check:{fix_id}".encode()).digest()[: BITS // 8], "big")
    return lot < check_chance(points, rules) * MANY
