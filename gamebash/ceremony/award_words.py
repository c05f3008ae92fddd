"""Awards in words: what each is called, and its reason from its figures. Pure."""

from collections.abc import Callable, Mapping

from gamebash.ceremony.award_rules import AwardRule, Figures

TITLES: Mapping[AwardRule, str] = {
    AwardRule.PLACE: "Podium",
    AwardRule.NEWCOMER: "Best newcomer",
    AwardRule.OPS: "Best from ops",
    AwardRule.SCRUM: "Best from scrum",
    AwardRule.FIRST_FIX: "First squash",
    AwardRule.MOST_PREVENTED: "Most prevented",
    AwardRule.ROOT_CAUSE: "Root cause",
    AwardRule.NOISE_GATE: "Noise gate",
    AwardRule.BEST_REVIEW: "Best review",
    AwardRule.SECOND_SERVE: "Second serve",
    AwardRule.HANDOVER: "Handover",
}
# Which badge is drawn beside an award.
PINS: Mapping[AwardRule, str] = {
    AwardRule.FIRST_FIX: "first_squash",
    AwardRule.MOST_PREVENTED: "double_yellow",
    AwardRule.ROOT_CAUSE: "root_cause",
    AwardRule.NOISE_GATE: "noise_gate",
    AwardRule.BEST_REVIEW: "handover",
    AwardRule.SECOND_SERVE: "second_serve",
    AwardRule.HANDOVER: "handover",
}


def title_of(rule: AwardRule, own: str = "") -> str:
    """Return what an award is called; one by hand has a title of its own."""
    return TITLES.get(rule, own)


def reason_of(rule: AwardRule, figures: Figures, own: str = "") -> str:
    """Return the reason of an award in a few words; one by hand has its own."""
    words = _REASONS.get(rule)
    return words(figures) if words else own


def _place(figures: Figures) -> str:
    why = _WHY.get(str(figures.get("why")))
    return why(figures) if why else ""


def _prevented(figures: Figures) -> str:
    incidents = figures.get("incidents", 0)
    if incidents:
        return f"Stopped about {_counted(incidents, 'incident')} a quarter"
    return f"Prevents {figures['value']:g} a quarter"


def _handover(figures: Figures) -> str:
    newcomers = figures["newcomers"]
    if newcomers:
        return f"Helped {_counted(newcomers, 'newcomer')} to score"
    return f"Helped {_counted(figures['people'], 'person', 'people')} to a fix"


_WHY: Mapping[str, Callable[[Figures], str]] = {
    "doubles": lambda figures: f"{_number(figures['doubles'])} double yellows",
    "noise": lambda figures: f"Took away {figures['hours']:g} hours of noise a quarter",
    "prevented": _prevented,
    "helped": lambda figures: f"Helped {_counted(figures['people'], 'person', 'people')} to a fix",
    "squashed": lambda figures: f"Squashed {_counted(figures['fixes'], 'story', 'stories')}",
}
_REASONS: Mapping[AwardRule, Callable[[Figures], str]] = {
    AwardRule.PLACE: _place,
    AwardRule.NEWCOMER: lambda figures: f"Place {figures['place']} of all on the first day",
    AwardRule.OPS: lambda figures: f"Place {figures['place']} of all",
    AwardRule.SCRUM: lambda figures: f"Place {figures['place']} of all",
    AwardRule.FIRST_FIX: lambda figures: f"First of the day, GB-{figures['story']}",
    AwardRule.MOST_PREVENTED: _prevented,
    AwardRule.ROOT_CAUSE: lambda figures: f"One change squashed {_counted(figures['stories'], 'story', 'stories')}",
    AwardRule.NOISE_GATE: lambda figures: f"Took away {figures['hours']:g} hours of noise a quarter",
    AwardRule.BEST_REVIEW: lambda figures: f"Found what GB-{figures['story']} still lacked",
    AwardRule.SECOND_SERVE: lambda figures: (
        f"Sent back {_times(figures['times'])}, then squashed: GB-{figures['story']}"
    ),
    AwardRule.HANDOVER: _handover,
}


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _number(count: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}.get(count, str(count))
