"""The rules of an event in words, each with the harm it prevents. Pure."""

from dataclasses import dataclass

from gamebash.events.held_bonus import bonus_of
from gamebash.events.rules import Rules
from gamebash.stories.grades import Grade

GRADE_NAMES = {
    Grade.BLUE: "Blue dot",
    Grade.RED: "Red dot",
    Grade.YELLOW: "Yellow dot",
    Grade.DOUBLE_YELLOW: "Double yellow",
}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule: what it is called, its figure, what it says in full, and what would happen without it.

    ``strategy`` names who in the incentive audit would play against it.
    """

    name: str
    figure: str
    says: str
    prevents: str
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class RuleChapter:
    """Rules that belong together."""

    title: str
    lines: tuple[RuleLine, ...]


def rule_book(rules: Rules) -> tuple[RuleChapter, ...]:
    """Return all rules in words, in the order of a player's day."""
    return (
        RuleChapter("Claiming", _claiming(rules)),
        RuleChapter("Reviewing", _reviewing(rules)),
        RuleChapter("Points", _scoring(rules)),
        RuleChapter("After the day", _holding(rules)),
        RuleChapter("For example", _examples(rules)),
    )


def _claiming(rules: Rules) -> tuple[RuleLine, ...]:
    return (
        RuleLine(
            "A claim lasts",
            f"{rules.lease_minutes} min",
            f"Then anybody may take the story over. Your notes stay with it. You can have it longer "
            f"{_times(rules.extensions)}, for as long again, each time by a press when no more than that is left"
            f"{_in_all(rules)}. While the fix is in review the time stands still.",
            "Stories that somebody holds and nobody works on.",
        ),
        RuleLine(
            "At the same time",
            _counted(rules.claims_at_once, "claim"),
            "For each player. Stories in review are not counted.",
            "Hoarding the good ones in the first minute.",
            "hoarder",
        ),
        RuleLine(
            "First call",
            f"{rules.builder_window_minutes} min" if rules.builder_window_minutes else "off",
            "For that long after a story is open, only those claim it whose team built what broke, or owns it, where any of "
            "them plays. Then anybody may.",
            "People who meet their own code again too late, when a stranger has patched around it.",
        ),
        RuleLine(
            "Claims that ran out",
            _limit(rules.lapse_limit, "then one at a time"),
            "Whose claims ran out that often holds one story at a time for the rest of the day.",
            "Claiming to keep, while others look for work.",
        ),
        RuleLine(
            "Fixes sent back",
            _limit(rules.send_back_limit, "then a talk"),
            "Whose fixes were sent back that often claims nothing until an organiser has talked to them and opened it again.",
            "Guesses thrown at reviewers until one sticks.",
            "silencer",
        ),
        RuleLine(
            "From one service",
            f"{_counted(rules.stories_per_service, 'story', 'stories')} at most",
            "The pull takes no more from any one service. An organiser may add one by hand, with a reason.",
            "One noisy service swallowing everybody's day.",
        ),
    )


def _reviewing(rules: Rules) -> tuple[RuleLine, ...]:
    return (
        RuleLine(
            "A fix needs",
            _counted(rules.reviews_needed, "review"),
            "By people who are drawn, never chosen: not the author, not who helped, nobody of the same squad.",
            "Friends waving each other through.",
            "colluding_pair",
        ),
        RuleLine(
            "A knowing reviewer",
            _switched(is_on=rules.needs_knowing_reviewer),
            "When the author is not of the service's team, one acceptance has to come from somebody who knows the service, "
            "by their team or by having fixed it, where somebody like that plays. Only an organiser can do without, with a reason.",
            "Outsiders' quick fixes that break.",
        ),
        RuleLine(
            "Looked at twice",
            f"{rules.spot_check_share:.0%} a point" if rules.spot_check_share else "not at all",
            "An accepted fix may be looked at again by somebody else who is drawn, by a lot that nobody can steer: the more it "
            "pays, the likelier. One that fails counts as sent back, and the organisers decide about its points. Whose fixes "
            "were sent back too often has everything looked at again.",
            "Shams that slip through once, and reviewers who do not look.",
            "silencer",
        ),
        RuleLine(
            "A review lasts",
            f"{rules.review_lease_minutes} min",
            "Then somebody else is drawn. A send-back has a reason, and may be appealed once, to another reviewer.",
            "Fixes that wait for a reviewer who has gone to lunch.",
        ),
        RuleLine(
            "A review pays",
            _counted(rules.reviewer_points, "point"),
            f"When it stood. At most {_counted(rules.reviewer_points_cap, 'point')} a player, and for at most "
            f"{_counted(rules.pair_limit, 'review')} between the same two people, both ways together.",
            "Rubber stamps for points, and two people feeding each other.",
            "rubber_stamp",
        ),
    )


def _scoring(rules: Rules) -> tuple[RuleLine, ...]:
    grades = tuple(
        RuleLine(name, _counted(rules.points_for(grade), "point"), GRADE_SIZES[grade], "")
        for grade, name in GRADE_NAMES.items()
    )
    return (
        *grades,
        RuleLine(
            "First squash of the day",
            f"+{_counted(rules.first_fix_bonus, 'point')}",
            "For the accepted fix that was submitted first, as soon as none submitted earlier is in review.",
            "Everybody waiting for somebody else to begin.",
        ),
        RuleLine(
            "One problem",
            "pays once",
            "A change may solve two stories: one review decides both. A second story about the same problem still mends it "
            "and pays its reviewer, but its author nothing more.",
            "Cutting one problem into many stories to be paid for each.",
            "splitter",
        ),
        *_unpaid(rules),
        *_smallest(rules),
        *_sharing(rules),
    )


def _sharing(rules: Rules) -> tuple[RuleLine, ...]:
    """Return what helps others to score: help, a first event, places, awards."""
    return (
        RuleLine(
            "Helping",
            f"{rules.assist_share:.0%}",
            "Of the fix's points for who is named as having helped; the author loses nothing.",
            "Working alone because help costs points.",
        ),
        RuleLine(
            "Your first event",
            f"{rules.newcomer_factor:g} times",
            "What a fix pays to somebody who never scored before, and so needs longer for the same story: developers take months "
            "to become fluent in a code base (Zhou and Mockus 2010). By the incentive audit a newcomer then ends in the upper "
            "half on about half of the days (40 to 60 %). It ends by itself.",
            "Newcomers at the bottom of the board giving up.",
            "newcomer",
        ),
        RuleLine(
            "Podium",
            f"{_counted(rules.podium_places, 'place')}",
            "Beside it there are awards by rule: first squash, most prevented, root cause, noise gate, best review, second "
            "serve, handover, and the best newcomer, from ops and from scrum who is not on the podium.",
            "A day on which only the fastest are cheered for.",
        ),
        RuleLine(
            "Awards",
            f"{_counted(rules.award_budget, 'point')} in all",
            "Given by the organisers, in public, each with a reason and a name.",
            "Favours.",
        ),
    )


def _smallest(rules: Rules) -> tuple[RuleLine, ...]:
    """Return the limit on the smallest fixes, where there is one."""
    if not rules.small_fix_limit:
        return ()
    line = RuleLine(
        "Smallest fixes",
        f"{rules.small_fix_limit} score",
        "For each player. Later ones mend and pay their reviewer, but not their author.",
        "Picking the blue dots and leaving the work.",
        "cherry_picker",
    )
    return (line,)


def _unpaid(rules: Rules) -> tuple[RuleLine, ...]:
    """Return what mends, and pays its reviewer, but not its author."""
    return (
        RuleLine(
            "Two estimates",
            "asked for" if rules.needs_second_estimate else "not asked for",
            "A story pays the smaller of two people's estimates; with one only, the next smaller grade. A grade that is raised "
            "after the event was announced is not paid.",
            "Small work that is passed off as big.",
            "valued_sandbagger",
        ),
        RuleLine(
            "No bigger than it matters",
            "by the board" if rules.bounds_by_value else "off",
            "Where an hour on a story prevents less than one on the board (its middle, or its average if more), it pays as the size in "
            "which that hour would; below half an hour nothing, and as the smallest where it cannot be counted. Worked out at go-live.",
            "Small work that is passed off as big by everybody who was asked, and stories cut thin.",
            "sandbagger",
        ),
        RuleLine(
            "Trouble made for the day",
            "pays nothing" if rules.skips_late_trouble else "pays",
            "Incidents that opened after the event was scheduled add no value to a story; a story about nothing else, or split "
            "off after that, pays nothing.",
            "Making bugs in order to fix them.",
            "bug_planter",
        ),
        RuleLine(
            "Mending one's own change",
            "pays nothing" if rules.skips_own_changes else "pays",
            "The form asks whether the cause was a recent change of one's own. It is welcome, and pays its reviewer.",
            "Making bugs in order to fix them.",
            "bug_planter",
        ),
        RuleLine(
            "Changes from before the start",
            "pay nothing" if rules.skips_early_changes else "pay",
            "A change that was begun before the event went live. The form asks, its Git host is asked where one is signed in, and "
            "reviewers see its dates. Whom organisers find to have called an old change new they may disqualify.",
            "Keeping a fix back for the day, while the incidents go on.",
            "patient_holder",
        ),
        RuleLine(
            "Grave trouble waits",
            f"{_counted(rules.parked_days, 'day')} at most" if rules.parked_days else "as long as it likes",
            "What struck as sev1 or sev2 is mended at once, not on the day. What waits longer and has nobody on it is a red line"
            " before the event goes live.",
            "We will fix it on game day.",
        ),
    )


GRADE_SIZES = {
    Grade.BLUE: "Under an hour.",
    Grade.RED: "A morning.",
    Grade.YELLOW: "Half a day.",
    Grade.DOUBLE_YELLOW: "A day, in several parts.",
}


def _holding(rules: Rules) -> tuple[RuleLine, ...]:
    return (
        RuleLine(
            "A fix is watched",
            f"{rules.watch_days} days",
            "From its deploy. Incidents of the same problem that open after it count as recurrences.",
            "Fixes that look good for a day.",
        ),
        RuleLine(
            "When it held",
            f"+{rules.held_share:.0%}",
            "Of the fix's points once more, for the season, rounded down.",
            "Quick patches paying as much as real repairs.",
        ),
        RuleLine(
            "By what it prevents",
            f"\N{MULTIPLICATION SIGN} 0 to {rules.held_value_cap:g}" if rules.held_value_cap else "all alike",
            "The bonus is multiplied by what an hour on the story prevents (its value for an hour's work) against the middle of "
            "the board. Both are copied when the event goes live, and stand on the story's page."
            if rules.held_value_cap
            else "The bonus is the same share whatever a story prevents.",
            "Easy stories that prevent little paying like the ones that matter.",
            "cherry_picker",
        ),
        RuleLine(
            "When it did not hold",
            f"\N{MINUS SIGN}{rules.clawback_share:.0%}",
            "Of the fix's points are taken back. The podium of the day stands as announced.",
            "Points for work that somebody has to do again.",
        ),
    )


def _examples(rules: Rules) -> tuple[RuleLine, ...]:
    """Return sums of whole scores, by the same arithmetic as the ledger's."""
    base = rules.points_for(Grade.YELLOW)
    first = base + round(base * (rules.newcomer_factor - 1))
    held = bonus_of(base, rules.held_share, 1.0)
    most = bonus_of(base, rules.held_share, rules.held_value_cap or 1.0)
    helped = max(1, round(base * rules.assist_share))
    return (
        RuleLine(
            "A yellow dot that holds",
            f"{base} + {held} = {base + held}",
            f"{_counted(base, 'point')} when it is accepted, and {rules.held_share:.0%} of them once more when it held, rounded down"
            + (
                f"; {most} where an hour on it prevents {rules.held_value_cap:g} times the middle."
                if most != held
                else "."
            ),
            "",
        ),
        RuleLine(
            "The same in your first event",
            f"{first} + {held} = {first + held}",
            f"{base} times {rules.newcomer_factor:g}, rounded, is {first}. The bonus is on the {base} of the fix itself.",
            "",
        ),
        RuleLine(
            "With somebody who helped",
            f"{base} and {helped}",
            f"The author loses nothing; who helped gets {rules.assist_share:.0%} of {base}, rounded, at least one point.",
            "",
        ),
    )


def _limit(count: int, then: str) -> str:
    return f"{count}, {then}" if count else "no limit"


def _switched(*, is_on: bool) -> str:
    return "for outsiders" if is_on else "not asked for"


def _times(count: int) -> str:
    return {0: "not once", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _in_all(rules: Rules) -> str:
    """Say how long a story can be held, where it can be held longer at all."""
    hours = rules.lease_minutes * (1 + rules.extensions) / 60
    return f": {hours:g} h in all" if rules.extensions else ""


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
