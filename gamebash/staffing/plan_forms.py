"""The shape of what a manager types when asking for a plan, and when fixing a row of one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from gamebash.core.forms import DayField, Refusable, choices
from gamebash.rotation.lanes import MONTHS
from gamebash.rotation.membership import TeamBadge
from gamebash.staffing.asking import MOST_JOINERS, Asked, TeamAsked
from gamebash.staffing.planner.instance import Weights

QUARTER_MONTHS = 3
MOST_QUARTERS = 8
LAST_SAFE_DAY = 28
USUAL = Weights()
NOBODY = ("", "Nobody")
MOST_PEOPLE = 2_000


def _count(label: str, least: int, most: int, usual: int, hint: str = "") -> IntegerField:
    between = f"Choose from {least} to {most}."
    validators = [InputRequired("Give a whole number."), NumberRange(least, most, between)]
    return IntegerField(label, description=hint, default=usual, validators=validators)


class AskForm(Refusable):
    """Everything that a plan is asked for but what teams need, which the page asks in a row a team."""

    first_on = DayField("First day", validators=[InputRequired("Choose the day of the moves.")])
    quarters = _count("How many quarters", 1, MOST_QUARTERS, 1, "moves on the same day of each quarter")
    cover = _count("People at hand who know a service", 0, 5, 1)
    counts_owner = BooleanField("The service's own team counts as at hand too", default=True)
    changes = _count("Moves into or out of a team at once", 0, 50, 2)
    joiners = _count("People who join", 0, MOST_JOINERS, 0, "they begin in ops or SRE")
    joiners_at = _count("They join on day number", 1, MOST_QUARTERS, 1)
    apart_one = SelectField("Keep apart", choices=choices([NOBODY]))
    apart_other = SelectField("from", choices=choices([NOBODY]))
    together_one = SelectField("Keep together", choices=choices([NOBODY]))
    together_other = SelectField("with", choices=choices([NOBODY]))
    fair_since = DayField("Share ops fairly, counted from", validators=[Optional()])
    move = _count("A move", 0, 50, USUAL.move)
    unasked = _count("more, if they have not said what they want", 0, 50, USUAL.unasked)
    elsewhere = _count("more, to where somebody does not want to go", 0, 50, USUAL.elsewhere)
    waiting = _count("A wish to move not met, each quarter", 0, 50, USUAL.waiting)
    too_long = _count("A tour past its longest, each quarter", 0, 50, USUAL.too_long)
    empty_seat = _count("An empty seat, each quarter", 0, 50, USUAL.empty_seat)
    unfair_month = _count("A month in ops off the fair share", 0, 50, USUAL.unfair_month)

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Offer these people, as handle and name, for pairs."""
        for field in (self.apart_one, self.apart_other, self.together_one, self.together_other):
            field.choices = choices([NOBODY, *people])

    @property
    def weight_fields(self) -> tuple[Field, ...]:
        """The fields of what things cost."""
        return tuple(self[name] for name in Weights.__slots__)

    def asked(self, teams: Mapping[int, TeamAsked], ids: Mapping[str, int]) -> Asked:
        """Return what was typed as plain values; ``ids`` says who has which handle."""
        first, count = self.first_on.data, self.quarters.data
        return Asked(
            dates=tuple(quarter_later(first, number) for number in range(count)),
            teams=teams,
            cover=self.cover.data,
            counts_owner=self.counts_owner.data,
            changes=self.changes.data,
            joiners=self.joiners.data,
            joiners_at=min(self.joiners_at.data, count) - 1,
            apart=_pair(self.apart_one.data, self.apart_other.data, ids),
            together=_pair(self.together_one.data, self.together_other.data, ids),
            fair_since=self.fair_since.data,
            weights=Weights(**{name: self[name].data for name in Weights.__slots__}),
        )


class FixRowForm(FlaskForm):
    """A row of a plan fixed by hand."""

    kind = SelectField(
        "What", choices=choices([("force", "Is in"), ("forbid", "Is not in"), ("hold", "Stays where they are")])
    )
    person = SelectField("Who", validators=[InputRequired("Choose who.")])
    team = SelectField("Team", choices=choices([("", "No team")]))
    at = SelectField("From")

    def offer(self, people: Iterable[tuple[str, str]], teams: Iterable[TeamBadge], dates: Sequence[date]) -> None:
        """Offer these people, teams and days."""
        self.person.choices = choices([("", "Choose a person"), *people])
        self.team.choices = choices(
            [("", "Choose a team"), *((team.code, f"{team.code} {team.name}") for team in teams)]
        )
        self.at.choices = choices((str(at), f"{day.day} {day:%B %Y}") for at, day in enumerate(dates))


def team_needs(
    values: Mapping[str, Any], teams: Iterable[TeamBadge], usual: Mapping[int, TeamAsked]
) -> dict[int, TeamAsked]:
    """Return what each team needs, as typed in ``least-OPS``, ``most-OPS`` and ``seats-OPS``; nonsense takes the usual."""
    needs = {}
    for team in teams:
        given = usual[team.id]
        least, most, seats = (
            _figure(values.get(f"{name}-{team.code}"), getattr(given, name)) for name in ("least", "most", "seats")
        )
        needs[team.id] = TeamAsked(least, most, seats)
    return needs


def quarter_later(day: date, quarters: int) -> date:
    """Return the same day of a month so many quarters later, or the 28th where that month is shorter."""
    month = day.year * MONTHS + day.month - 1 + quarters * QUARTER_MONTHS
    year, number = divmod(month, MONTHS)
    try:
        return date(year, number + 1, day.day)
    except ValueError:
        return date(year, number + 1, LAST_SAFE_DAY)


def _figure(text: Any, usual: int) -> int:
    try:
        return min(max(0, int(text)), MOST_PEOPLE)
    except (TypeError, ValueError):
        return usual


def _pair(one: str, other: str, ids: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    return ((ids[one], ids[other]),) if one in ids and other in ids else ()
