"""What the audit assumes of people and fixes: every constant with its source. Pure.

A shipped fix is wrong in 14.8 to 24.4 % of cases, and 27 % of the wrong ones are by people who had never touched the file (Yin
et al. 2011, How Do Fixes Become Bugs?). Informal reviews find 20 to 30 % of the defects, inspections 45 to 70 % (McConnell 2004,
Code Complete, chapter 20). Actual over estimated time is lognormal around a median of 1 (Bernhardsson 2019, on the estimates of
SiP). What has no source is marked as a guess. None is chosen by what the audit then says: ``sensitivity`` plays each at both
ends of its range.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The constants of the model; shares are of 1, times are minutes."""

    # 20 % in the middle of 14.8 to 24.4; with one fix in five by a newcomer to the code, 27 % of the wrong ones are theirs.
    wrong_inside: float = 0.1825
    wrong_outside: float = 0.27
    # What an honest but wrong fix meets: an inspection by somebody who knows the service, an informal look by others.
    caught_by_knowing: float = 0.60
    caught_by_others: float = 0.25
    # How often organisers take back what a second look found wanting: the game does nothing by itself, and asks them before it
    # closes. A guess, and the one that most depends on: see docs/incentives.md.
    taken_back: float = 1.0
    # A sham (nothing mended, nothing that keeps it from coming back) is easier to see: there is no test that failed before. Guess.
    sham_caught_by_knowing: float = 0.80
    sham_caught_by_others: float = 0.60
    # A right fix that is sent back all the same, and a wrong one that is right after a send-back. Guesses.
    falsely_sent_back: float = 0.05
    mended: float = 0.80
    # Spread of the logarithm of actual over estimated time: a mean of 1.2 estimates at 0.6. A second estimate strays as much.
    duration_spread: float = 0.60
    # Spread of how fast people are; a newcomer takes this much longer (Zhou & Mockus 2010 see a year until fluency; the factor is a guess).
    skill_spread: float = 0.25
    newcomer_slowness: float = 1.4
    # What mending a send-back takes of the first attempt; what a sham takes of the honest work. Guesses.
    rework_share: float = 0.30
    sham_share: float = 0.15
    # How soon a drawn reviewer looks, and how long a careful and a careless look takes. Guesses.
    reaction_minutes: float = 12.0
    careful_minutes: float = 15.0
    careless_minutes: float = 2.0
    # How often the second person refuses to call a recurrence noise. Guess.
    silencing_refused: float = 0.80
    # People take what they think they can finish: up to this much more than their time left. Guess.
    fits_times: float = 1.1
    # When a last-minute holder hands in, before the end; what mending a planted bug takes. Guesses.
    last_call_minutes: float = 15.0
    planted_minutes: float = 20.0
    # How often a look notices that a change was begun before the start: by the dates of its commits, which can be made anew, or
    # by how old the state is that it was begun from. A guess. A finished fix waits half of the quarter between two games, if it
    # was finished on any day of it. Handing it in takes a guess of minutes.
    early_seen: float = 0.6
    kept_share: float = 0.5
    kept_minutes: float = 10.0

    def otherwise(self, values: Mapping[str, float]) -> "Assumptions":
        """Return these with some of them otherwise, by name."""
        return replace(self, **values)


USUAL = Assumptions()
