"""How the demo's teams work with operations, and the switches of the last year."""

from datetime import datetime, timedelta

from gamebash.operating.kinds import OperatingModel
from gamebash.operating.switches import SwitchDraft, correct_switch, log_switch
from seeds.organisation import Organisation

SEPARATE, FIFTH, ROTATING, SRE = OperatingModel
# Team, weeks ago, model, why.
SWITCHES = (
    ("FLO", 56, SEPARATE, "As the company always did it"),
    ("COL", 56, SEPARATE, "As the company always did it"),
    ("COR", 56, SEPARATE, "As the company always did it"),
    ("DEV", 56, SEPARATE, "As the company always did it"),
    ("FLO", 27, FIFTH, "The same alerts came back every week; a fifth of each sprint goes to repair"),
    ("COR", 22, ROTATING, "Ops and builders change places for a quarter, so that each knows the other side"),
    ("SRE", 40, SRE, "Founded to make production last"),
    ("DEV", 5, FIFTH, "After what it did for automation"),
)


def log_models(organisation: Organisation, *, now: datetime) -> None:
    """Log how teams worked, one entry a day late at first."""
    manager = organisation.named("manager")
    for code, weeks, model, reason in SWITCHES:
        day = (now - timedelta(weeks=weeks)).date()
        draft = SwitchDraft(model, day - timedelta(days=day.weekday()))
        logged = now - timedelta(weeks=min(weeks, 50))
        log_switch(organisation.teams[code], draft, reason=reason, by=manager, now=logged)
    _mend(organisation, now=now - timedelta(weeks=4))


def _mend(organisation: Organisation, *, now: datetime) -> None:
    """Collaboration wrote down a switch that was called off."""
    team, manager = organisation.teams["COL"], organisation.named("manager")
    wrong = SwitchDraft(ROTATING, (now + timedelta(days=6)).date())
    switch = log_switch(team, wrong, reason="With core platform", by=manager, now=now)
    correct_switch(
        switch, None, reason="Put off: two people are away until spring", by=manager, now=now + timedelta(days=3)
    )
