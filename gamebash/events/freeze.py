"""The freeze: from when on the public board stands still, and what is told in public after it all the same.

Whatever can show what happened in an event asks here: boards, ranks, counts, feeds, results, seasons, the record of
changes. Players see their own, organisers see all.
"""

from datetime import datetime

from gamebash.events.lifecycle import EventState, clock_at, is_revealed

# A freeze lasts from its time until the results are out; an event that is cancelled has nothing left to surprise with.
STANDS_STILL = (EventState.LIVE, EventState.JUDGING, EventState.CLOSED)

# What everybody still hears of after the freeze: who works on what, and the clock. Everything else waits, also what is
# not thought of yet, so that a new kind of change leaks nothing.
STILL_TOLD = frozenset(
    {
        "story:claimed", "story:taken_over", "story:released", "story:extended", "fix:submitted", "fix:sent_back",
        "fix:appealed", "event:went_live", "event:paused", "event:resumed", "event:extended", "event:ended", "event:frozen",
        "event:judged", "event:closed", "event:announced", "event:delayed", "event:freeze_reached",
        "question:answered_to_all", "player:break_began", "player:break_ended",
    }
)  # fmt: skip


def public_until(
    state: EventState,
    freezes_at: datetime | None,
    paused_at: datetime | None,
    reveals_at: datetime | None,
    now: datetime,
) -> datetime | None:
    """Return the moment up to which the public sees; None where it sees all there is.

    A freeze that lies ahead when the clock is stopped moves with the end, so the stopped clock is what counts.
    """
    if freezes_at is None or state not in STANDS_STILL or freezes_at > clock_at(paused_at, now):
        return None
    return None if is_revealed(state, reveals_at, now) else freezes_at


def is_public(moment: datetime, until: datetime | None) -> bool:
    """Say whether what happened at a moment may be seen by everybody."""
    return until is None or moment <= until
