"""How many stories a player may hold at once, by how the day has gone for them so far. Pure.

Hoarding and guessing cost others their time, so what went wrong twice is narrowed and what went wrong three times is talked
about. Neither takes points away.
"""

from dataclasses import dataclass

from gamebash.events.rules import Rules


@dataclass(frozen=True, slots=True)
class Conduct:
    """A player's day: fixes that were sent back since an organiser last talked to them, and claims that ran out."""

    sent_back: int = 0
    lapsed: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many claims at once, and the sentence that says why where it is fewer than for everybody."""

    claims: int
    why: str = ""


def allowance(conduct: Conduct, rules: Rules) -> Allowance:
    """Return what a player may hold at once; a limit of 0 is switched off."""
    if 0 < rules.send_back_limit <= conduct.sent_back:
        times = f"{conduct.sent_back} of your fixes were" if conduct.sent_back > 1 else "a fix of yours was"
        return Allowance(0, f"{times.capitalize()} sent back. Talk to an organiser; they open claiming for you again.")
    if 0 < rules.lapse_limit <= conduct.lapsed and rules.claims_at_once > 1:
        times = f"{conduct.lapsed} of your claims" if conduct.lapsed > 1 else "A claim of yours"
        return Allowance(1, f"{times} ran out, so it is one at a time for the rest of the day.")
    return Allowance(rules.claims_at_once)
