"""Plans in words: rules, reasons and costs, with the names of people, teams and services."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from gamebash.staffing.planner.instance import Edit, EditKind, Rule
from gamebash.staffing.planner.judge import CostKind

COST_WORDS = {
    CostKind.MOVE: "Moves", CostKind.UNASKED: "Moves of people who have not said what they want",
    CostKind.ELSEWHERE: "Moves to where somebody does not want to go", CostKind.WAITING: "Waiting for a move asked for",
    CostKind.TOO_LONG: "Tours that are too long", CostKind.EMPTY_SEAT: "Empty seats",
    CostKind.UNFAIR: "Time in ops far from the fair share",
}  # fmt: skip
PRIVATE = frozenset({CostKind.UNASKED, CostKind.ELSEWHERE, CostKind.WAITING})


@dataclass(frozen=True, slots=True)
class Words:
    """The names that sentences need, and whose wishes the reader may not know."""

    people: Mapping[int, str]
    teams: Mapping[int, str]
    services: Mapping[int, str]
    dates: tuple[date, ...]
    pairs: Mapping[Rule, tuple[tuple[int, int], ...]]
    edits: tuple[Edit, ...] = ()
    hidden: frozenset[int] = frozenset()

    def person(self, number: int) -> str:
        """Return a person's name; joiners have none yet."""
        return f"Joiner {-number}" if number < 0 else self.people.get(number, "Somebody")

    def team(self, number: int) -> str:
        """Return a team's code."""
        return self.teams.get(number, "a team")

    def day(self, at: int) -> str:
        """Return a date of the plan."""
        day = self.dates[at]
        return f"{day.day} {day:%B}"

    def rule(self, rule: Rule, about: int) -> str:
        """Return a rule as a sentence."""
        return _RULES[rule](self, about)

    def fault(self, rule: Rule, about: int, at: int, numbers: tuple[int, int]) -> str:
        """Return what would break without a move."""
        there, needed = numbers
        if rule is Rule.LEAST:
            return f"Else {self.team(about)} would have {there} of the {needed} people it needs on {self.day(at)}"
        if rule is Rule.MOST:
            return f"Else {self.team(about)} would have {there} people on {self.day(at)}, {needed} at most"
        if rule is Rule.COVER:
            return f"Else {self.services.get(about, 'a service')} would have {there} of {needed} people at hand who know it"
        if rule is Rule.EDIT:
            return "You fixed this row"
        return f"Else “{self.rule(rule, about)}” would not hold on {self.day(at)}"

    def saving(self, kind: CostKind, person: int, team: int, at: int) -> str:
        """Return what a move ends or spares."""
        if kind in PRIVATE and person in self.hidden:
            return "Fits what they told their managers"
        sentences = {
            CostKind.WAITING: "Asked for this",
            CostKind.TOO_LONG: f"Ends a tour that is too long by {self.day(at)}",
            CostKind.EMPTY_SEAT: f"Fills a seat in {self.team(team)} from {self.day(at)}",
            CostKind.UNFAIR: f"Brings {self.person(person)} nearer to the fair share of ops",
            CostKind.MOVE: f"Spares {self.person(person)} another move",
            CostKind.UNASKED: f"Spares {self.person(person)} another move",
            CostKind.ELSEWHERE: f"Spares {self.person(person)} a place they do not want",
        }
        return sentences[kind]

    def edit(self, edit: Edit) -> str:
        """Return a row fixed by hand as a sentence."""
        name = self.person(edit.person)
        if edit.kind is EditKind.HOLD:
            return f"{name} stays where they are"
        verb = "is in" if edit.kind is EditKind.FORCE else "is not in"
        return f"{name} {verb} {self.team(edit.team)} from {self.day(edit.at)}"

    def pair(self, rule: Rule, number: int) -> str:
        """Return the names of a pair."""
        one, other = self.pairs[rule][number]
        return f"{self.person(one)} and {self.person(other)}"

    def stay(self, person: int) -> str:
        """Return that somebody wants to stay, where the reader may know."""
        return f"A wish of {self.person(person)}" if person in self.hidden else f"{self.person(person)} wants to stay"


_RULES: dict[Rule, Callable[[Words, int], str]] = {
    Rule.LEAST: lambda words, about: f"{words.team(about)} has at least the people it needs",
    Rule.MOST: lambda words, about: f"{words.team(about)} has at most the people it has room for",
    Rule.COVER: lambda words, about: f"{words.services.get(about, 'A service')} has people at hand who know it",
    Rule.STAY: lambda words, about: words.stay(about),
    Rule.SHORTEST: lambda words, about: f"Nobody leaves {words.team(about)} before the least tour there",
    Rule.ELIGIBLE: lambda words, about: f"{words.person(about)} is not eligible for a scrum team yet",
    Rule.AWAY: lambda words, about: f"{words.person(about)} is not moved while away",
    Rule.APART: lambda words, about: f"{words.pair(Rule.APART, about)} are kept apart",
    Rule.TOGETHER: lambda words, about: f"{words.pair(Rule.TOGETHER, about)} are kept together",
    Rule.CHANGES: lambda words, about: f"Not too many come to or go from {words.team(about)} at once",
    Rule.JOINERS: lambda _words, _about: "Joiners begin in ops or SRE",
    Rule.EDIT: lambda words, about: f"You fixed: {words.edit(words.edits[about])}",
}
