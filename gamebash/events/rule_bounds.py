"""What each rule may be: its bounds, so that no event can be set up that cannot be played. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gamebash.events.refusals import InvalidRulesError
from gamebash.events.rules import Rules
from gamebash.stories.grades import Grade


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule's name on screen and how low and high it may be. Shares and factors take fractions; a switch is on or off."""

    label: str
    low: float
    high: float
    hint: str
    is_whole: bool = True
    is_switch: bool = False

    def complaint(self, value: float) -> str:
        """Return what is wrong with a value; nothing where it fits."""
        if not self.low <= value <= self.high:
            return f"{self.label} has to be from {self.low:g} to {self.high:g}; {value:g} is outside."
        if self.is_whole and value != int(value):
            return f"{self.label} is a whole number; {value:g} is not."
        return ""


BOUNDS: dict[str, Bound] = {
    "lease_minutes": Bound("A claim lasts", 10, 480, "Minutes, from 10 to 480."),
    "extensions": Bound(
        "Extensions of a claim", 0, 5, "How often a player may have it longer, up to 5; each is a press."
    ),
    "claims_at_once": Bound("Claims at the same time", 1, 5, "For each player, from 1 to 5."),
    "builder_window_minutes": Bound(
        "First call for those who built it", 0, 120, "Minutes from when a story is open, up to 120; 0 is off."
    ),
    "lapse_limit": Bound("Lapsed claims until one at a time", 0, 10, "For each player and event, up to 10; 0 is off."),
    "send_back_limit": Bound("Send-backs until a talk", 0, 10, "For each player and event, up to 10; 0 is off."),
    "reviews_needed": Bound("Reviews needed", 1, 3, "Acceptances that accept a fix, from 1 to 3."),
    "review_lease_minutes": Bound("A review lasts", 5, 240, "Minutes until another reviewer is drawn, from 5 to 240."),
    "first_fix_bonus": Bound("First-fix bonus", 0, 10, "Points for the first squash of the day, up to 10."),
    "assist_share": Bound("Assist share", 0, 1, "Of the fix's points: 0.5 is half.", is_whole=False),
    "reviewer_points": Bound("Points for a review", 0, 3, "For a review that stood, up to 3."),
    "reviewer_points_cap": Bound("Most points from reviews", 0, 50, "For each player and event, up to 50."),
    "pair_limit": Bound("Paid reviews of the same person", 0, 10, "For each pair of people and event, up to 10."),
    "needs_knowing_reviewer": Bound(
        "A knowing reviewer for outsiders", 0, 1, "Where somebody plays who knows the service.", is_switch=True
    ),
    "spot_check_share": Bound(
        "Looked at twice, for each point", 0, 1, "0.2: a fix of 1 point in one case of five; 0 is off.", is_whole=False
    ),
    "needs_second_estimate": Bound(
        "A second estimate for full points", 0, 1, "Without one the next smaller grade counts.", is_switch=True
    ),
    "small_fix_limit": Bound("Smallest fixes that score", 0, 50, "For each player and event, up to 50; 0 is no limit."),
    "bounds_by_value": Bound(
        "No bigger than it matters", 0, 1, "A story of little use is paid as a smaller one.", is_switch=True
    ),
    "skips_late_trouble": Bound(
        "Nothing for trouble that came after scheduling", 0, 1, "It is mended, and pays its reviewer.", is_switch=True
    ),
    "skips_own_changes": Bound(
        "Nothing for mending one\N{RIGHT SINGLE QUOTATION MARK}s own change",
        0,
        1,
        "It is mended, and pays its reviewer.",
        is_switch=True,
    ),
    "skips_early_changes": Bound(
        "Nothing for changes from before the start", 0, 1, "A fix kept back for the day scores nothing.", is_switch=True
    ),
    "parked_days": Bound(
        "Grave trouble waits for the day at most", 0, 90, "Days since a sev1 or sev2 of it, up to 90; 0 is no limit."
    ),
    "newcomer_factor": Bound("Newcomer factor", 1, 2, "1.5 gives half as much again.", is_whole=False),
    "watch_days": Bound("A fix is watched", 7, 180, "Days after its deploy, from 7 to 180."),
    "held_share": Bound("Held bonus", 0, 1, "Of the fix's points, when it held.", is_whole=False),
    "held_value_cap": Bound(
        "Held bonus at most times",
        0,
        3,
        "By what an hour prevents: 2 is up to twice; 0 counts all alike.",
        is_whole=False,
    ),
    "clawback_share": Bound("Clawback", 0, 1, "Of the fix's points, when it did not hold.", is_whole=False),
    "award_budget": Bound("Award budget", 0, 200, "Points that the organisers may award, up to 200."),
    "podium_places": Bound("Places on the podium", 1, 10, "How many the ceremony calls up, from 1 to 10."),
    "stories_per_service": Bound("Stories for each service", 1, 50, "So that one service cannot swallow the day."),
}

SEVERITIES = ("sev1", "sev2", "sev3", "sev4", "sev5")
WEIGHT = Bound("Weight", 0, 100, "Up to 100.")
GRADE_POINTS = Bound("Points", 1, 50, "From 1 to 50.")


def check_rules(rules: Rules) -> Rules:
    """Return the rules when every one of them is within its bounds.

    Raises:
        InvalidRulesError: naming every rule that is not, and how it may be.
    """
    complaints = [bound.complaint(getattr(rules, name)) for name, bound in BOUNDS.items()]
    complaints += _table_complaints("Weight of", rules.severity_weights, SEVERITIES, WEIGHT)
    complaints += _table_complaints("Points of", rules.points, [grade.value for grade in Grade], GRADE_POINTS)
    complaints += _order_complaints(rules)
    if found := [complaint for complaint in complaints if complaint]:
        raise InvalidRulesError(" ".join(found))
    return rules


def _table_complaints(what: str, table: Mapping[str, int], names: Sequence[str], bound: Bound) -> list[str]:
    if set(table) != set(names):
        return [f"{what} has to be given for {', '.join(names)}, and nothing else."]
    named = {name: Bound(f"{what} {name.replace('_', ' ')}", bound.low, bound.high, bound.hint) for name in names}
    return [named[name].complaint(table[name]) for name in names]


def _order_complaints(rules: Rules) -> list[str]:
    complaints = []
    points = [rules.points.get(grade.value, 0) for grade in Grade]
    if points != sorted(points):
        complaints.append("A bigger grade may not pay less than a smaller one.")
    weights = [rules.severity_weights.get(name, 0) for name in SEVERITIES]
    if weights != sorted(weights, reverse=True):
        complaints.append("A worse severity may not weigh less than a milder one.")
    if rules.reviewer_points > rules.reviewer_points_cap:
        complaints.append("Most points from reviews may not be below the points for one review.")
    return complaints
