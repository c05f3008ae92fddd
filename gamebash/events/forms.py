"""The shape of what organisers and players type about events."""

from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FloatField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gamebash.core.forms import MomentField, Refusable, choices
from gamebash.core.paging import page_number
from gamebash.events.day_plan import LONGEST_LINK, LONGEST_NAME, LONGEST_PLACE, MOST_PLAYERS, DayPlan
from gamebash.events.local_times import local_of, moment_at
from gamebash.events.players import FEWEST_HOURS, MOST_HOURS, USUAL_HOURS
from gamebash.events.queries.pull_table import SHOWS, WhatIf
from gamebash.events.recurrence import usual_rules
from gamebash.events.rule_bounds import BOUNDS, GRADE_POINTS, SEVERITIES, WEIGHT, Bound
from gamebash.events.rules import Rules
from gamebash.events.series import LONGEST_NAME as LONGEST_SERIES_NAME
from gamebash.events.series import SeriesPlan
from gamebash.events.shared_goal import UNITS, GoalMeasure
from gamebash.stories.grades import Grade

REVIEWS_AFTER = timedelta(minutes=30)
RHYTHMS = (
    ("quarter", "Every quarter, on the same weekday of the month"),
    ("two_months", "Every two months, on the same weekday"),
    ("month", "Every month, on the same weekday"),
    ("half_year", "Twice a year, on the same weekday"),
    ("own", "By a rule of my own"),
)


class _Local(Refusable):
    """A form with wall-clock times of the installation's zone."""

    zone = "UTC"

    def moment(self, field: MomentField) -> datetime | None:
        """Return the moment of a field; a time that the clocks jump over is an error of that field."""
        if field.data is None:
            return None
        found = moment_at(field.data.date(), field.data.time(), self.zone)
        if found is None:
            field.errors = [*field.errors, "The clocks jump over this time on that day. Choose one before or after."]
        return found


class DayForm(_Local):
    """When, where and what: times are wall-clock times."""

    name = StringField("Name", validators=[InputRequired("Give it a name."), Length(max=LONGEST_NAME)])
    starts_at = MomentField("Start", validators=[InputRequired("Say when it starts.")])
    ends_at = MomentField("End", validators=[InputRequired("Say when it ends.")])
    freezes_at = MomentField(
        "Freeze",
        description="From then on the public leaderboard stands still until the ceremony.",
        validators=[Optional()],
    )
    reviews_end_at = MomentField(
        "Review deadline", description="Left out: half an hour after the end.", validators=[Optional()]
    )
    place = StringField("Place", description="Where to meet.", validators=[Optional(), Length(max=LONGEST_PLACE)])
    link = StringField(
        "Link", description="To the call, if there is one.", validators=[Optional(), Length(max=LONGEST_LINK)]
    )
    about = TextAreaField(
        "What to know", description="Breaks, food, what to bring.", validators=[Optional(), Length(max=2000)]
    )
    player_limit = IntegerField(
        "Most players",
        description="Who comes later waits, and moves up by itself. Left out: everybody is let in.",
        validators=[Optional(), NumberRange(min=1, max=MOST_PLAYERS)],
    )
    seen = HiddenField()

    @classmethod
    def of(cls, plan: DayPlan, zone: str, seen: str = "") -> "DayForm":
        """Return the form filled with a plan; ``seen`` is the version that is shown."""
        times = {
            name: local_of(moment, zone).replace(tzinfo=None) if (moment := getattr(plan, name)) else None
            for name in ("starts_at", "ends_at", "freezes_at", "reviews_end_at")
        }
        words = {name: getattr(plan, name) for name in ("name", "place", "link", "about", "player_limit")}
        return cls(formdata=None, data={**words, **times, "seen": seen})

    def to_plan(self) -> DayPlan | None:
        """Return the plan, or None where a time does not exist on its day."""
        starts_at, ends_at = self.moment(self.starts_at), self.moment(self.ends_at)
        freezes_at, reviews_end_at = self.moment(self.freezes_at), self.moment(self.reviews_end_at)
        if starts_at is None or ends_at is None or self.errors:
            return None
        return DayPlan(
            name=self.name.data or "",
            starts_at=starts_at,
            ends_at=ends_at,
            reviews_end_at=reviews_end_at or ends_at + REVIEWS_AFTER,
            freezes_at=freezes_at,
            place=self.place.data or "",
            link=self.link.data or "",
            about=self.about.data or "",
            player_limit=self.player_limit.data,
        )


class SeriesForm(_Local):
    """A series: its first day and its rhythm."""

    name = StringField("Name", validators=[InputRequired("Give it a name."), Length(max=LONGEST_SERIES_NAME)])
    starts_at = MomentField("First start", validators=[InputRequired("Say when the first one starts.")])
    hours = FloatField(
        "Hours", default=7, validators=[InputRequired("Say how long a day is."), NumberRange(min=0.5, max=336)]
    )
    rhythm = SelectField("Comes round", choices=choices(RHYTHMS))
    rrule = StringField(
        "Rule of your own",
        description="As in calendars (RRULE): FREQ=MONTHLY;INTERVAL=3;BYDAY=3TH is every third month's third Thursday.",
        validators=[Optional(), Length(max=190)],
    )

    def to_plan(self) -> SeriesPlan | None:
        """Return the plan, or None where the first time does not exist on its day."""
        starts_at = self.moment(self.starts_at)
        if starts_at is None:
            return None
        own = self.rrule.data or ""
        rule = own if self.rhythm.data == "own" else usual_rules(self.starts_at.data)[self.rhythm.data]
        return SeriesPlan(self.name.data or "", starts_at, round((self.hours.data or 0) * 60), rule)


def _rule_field(bound: Bound) -> BooleanField | IntegerField | FloatField:
    if bound.is_switch:
        return BooleanField(bound.label, description=bound.hint)
    kind = IntegerField if bound.is_whole else FloatField
    checks = [
        InputRequired("Give a number."),
        NumberRange(min=bound.low, max=bound.high, message=f"From {bound.low:g} to {bound.high:g}."),
    ]
    return kind(bound.label, description=bound.hint, validators=checks)


class _RulesBase(Refusable):
    """All rules of an event, each within its bounds."""

    seen = HiddenField()

    @classmethod
    def of(cls, rules: Rules, seen: str = "") -> Any:
        """Return the form filled with rules; ``seen`` is the version that is shown."""
        data: dict[str, Any] = {name: getattr(rules, name) for name in BOUNDS}
        data |= {f"points_{grade.value}": rules.points_for(grade) for grade in Grade}
        data |= {f"weight_{name}": rules.severity_weights[name] for name in SEVERITIES}
        return cls(formdata=None, data={**data, "seen": seen})

    def to_rules(self) -> Rules:
        """Return the rules that were typed."""
        single = {name: self[name].data for name in BOUNDS}
        points = {grade.value: self[f"points_{grade.value}"].data for grade in Grade}
        weights = {name: self[f"weight_{name}"].data for name in SEVERITIES}
        return Rules(severity_weights=weights, points=points, **single)


# One field for each bound, so that a rule cannot be added without its field.
RulesForm: type[_RulesBase] = type(
    "RulesForm",
    (_RulesBase,),
    {
        **{name: _rule_field(bound) for name, bound in BOUNDS.items()},
        **{
            f"points_{grade.value}": _rule_field(
                Bound(f"{grade.value.replace('_', ' ').capitalize()} pays", GRADE_POINTS.low, GRADE_POINTS.high, "")
            )
            for grade in Grade
        },
        **{
            f"weight_{name}": _rule_field(Bound(f"Weight of {name}", WEIGHT.low, WEIGHT.high, ""))
            for name in SEVERITIES
        },
    },
)


class LimitsForm(Refusable):
    """How many stories to pull, within how many hours, and how many from one service."""

    number = IntegerField("Stories", validators=[InputRequired("Say how many."), NumberRange(min=1, max=500)])
    hours = FloatField("Hours", validators=[InputRequired("Say how many."), NumberRange(min=0.5, max=10_000)])
    per_service = IntegerField("Per service", validators=[InputRequired("Say how many."), NumberRange(min=1, max=100)])


def what_if(address: MultiDict[str, str], *, usual: str) -> WhatIf:
    """Return what an address asks of the pull; a limit that makes no sense counts as none."""
    limits = LimitsForm(address, meta={"csrf": False})
    limits.validate()
    asked = {field.name: None if field.errors else field.data for field in limits}
    show = address.get("show", usual)
    return WhatIf(
        show=show if show in SHOWS else usual,
        words=address.get("q", "").strip()[:80],
        page=page_number(address.get("page")),
        **asked,
    )


class GoalForm(Refusable):
    """What everybody fills together, and what all get for it."""

    measure = SelectField(
        "What fills the bar", choices=choices((measure.value, UNITS[measure].capitalize()) for measure in GoalMeasure)
    )
    target = FloatField("How much", validators=[InputRequired("Say how much."), NumberRange(min=0.1, max=1_000_000)])
    reward = StringField("What everybody gets", [InputRequired("Say what everybody gets."), Length(max=200)])


class ChoiceForm(Refusable):
    """The stories that were shown, those that are ticked, and why the board is to change."""

    shown = SelectMultipleField("Shown", validate_choice=False)
    story = SelectMultipleField("Picked", validate_choice=False)
    reason = StringField("Why", validators=[Length(max=300)])


class AddStoryForm(Refusable):
    """A story to put on the board by hand."""

    key = StringField("Story", description="Its key, as in GB-412.", validators=[InputRequired("Name the story.")])
    reason = StringField("Why", validators=[InputRequired("Say why."), Length(max=300)])


class AnnouncementForm(Refusable):
    """What everybody is to hear."""

    text = StringField("Announcement", validators=[InputRequired("Say something."), Length(max=500)])


class QuestionForm(Refusable):
    """What somebody asks the organisers."""

    text = TextAreaField(
        "Your question",
        # Beside an announcement's text on one page.
        id="question",
        validators=[InputRequired("Ask something."), Length(max=1000)],
        render_kw={"rows": 3},
    )


class AnswerForm(Refusable):
    """An answer, of one's own words or a usual one."""

    answer = TextAreaField("Answer", validators=[Optional(), Length(max=1000)])
    usual = StringField("A usual answer", validators=[Optional(), Length(max=1000)])
    to_all = StringField("To all")

    @property
    def words(self) -> str:
        """What is answered: the own words, else the usual ones."""
        return (self.answer.data or "").strip() or (self.usual.data or "")


class HoursForm(Refusable):
    """How many hours a player brings."""

    hours = FloatField(
        "Hours you bring",
        default=USUAL_HOURS,
        validators=[
            InputRequired("Say how many hours."),
            NumberRange(min=FEWEST_HOURS, max=MOST_HOURS, message=f"From {FEWEST_HOURS:g} to {MOST_HOURS:g} hours."),
        ],
    )


class SquadForm(Refusable):
    """The name of a squad."""

    name = StringField("Squad", validators=[InputRequired("Name the squad."), Length(max=60)])


class RemovalForm(Refusable):
    """Why a player is taken off the event."""

    reason = StringField("Why", validators=[InputRequired("Say why; the player reads it."), Length(max=300)])


class PlacingForm(Refusable):
    """Which squad an organiser puts a player into; none to let them play alone."""

    squad = StringField("Squad", validators=[Length(max=60)])


class MemberForm(Refusable):
    """Somebody whom a captain asks, or hands the squad over to."""

    handle = StringField("Who", validators=[InputRequired("Choose somebody."), Length(max=64)])
