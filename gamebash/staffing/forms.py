"""The shape of what people type about staffing."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gamebash.core.forms import DayField, Refusable, choices
from gamebash.rotation.kinds import KIND_WORDS, TeamKind
from gamebash.rotation.membership import TeamBadge
from gamebash.staffing.rulebook import BOUNDS, RuleKind
from gamebash.staffing.wishes import Preference, Wish

OWN_WORDS = {Wish.STAY: "Want to stay where I am", Wish.OPEN: "Am open to either", Wish.MOVE: "Want to move"}


class MultiCheckboxField(SelectMultipleField):
    """Several of a few, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def rule_figure(kind: RuleKind, name: str) -> IntegerField:
    """Return the field of a figure of a rule, with its words and bounds."""
    bound = BOUNDS[kind][name]
    between = f"{bound.least} to {bound.most}"
    return IntegerField(
        bound.words,
        description=between,
        validators=[
            InputRequired("Give a whole number."),
            NumberRange(bound.least, bound.most, f"Choose from {between}."),
        ],
    )


class KnowledgeRuleForm(FlaskForm):
    """How fast knowledge fades."""

    half_life_days = rule_figure(RuleKind.KNOWLEDGE, "half_life_days")
    seen = IntegerField(validators=[InputRequired()])


class WishForm(Refusable):
    """What somebody wishes."""

    wish = RadioField("You", choices=choices((wish.value, words) for wish, words in OWN_WORDS.items()), default="open")
    places = MultiCheckboxField("Where to", description="Choose none for anywhere.")
    from_on = DayField("From", description="Leave it empty for as soon as may be.", validators=[Optional()])
    note = TextAreaField(
        "What your managers should know", validators=[Length(max=300, message="Keep it within 300 letters.")]
    )

    def offer(self, teams: Sequence[TeamBadge]) -> None:
        """Offer these teams, and each kind of team."""
        kinds = [
            (f"kind:{kind.value}", f"Any {words if kind is TeamKind.SRE else words.lower()} team")
            for kind, words in KIND_WORDS.items()
        ]
        self.places.choices = choices([*kinds, *((f"team:{team.code}", f"{team.code} {team.name}") for team in teams)])

    def show(self, preference: Preference, codes: Mapping[int, str]) -> None:
        """Fill in what was said last."""
        self.wish.data, self.from_on.data, self.note.data = preference.wish.value, preference.from_on, preference.note
        teams = [f"team:{codes[team]}" for team in preference.teams if team in codes]
        self.places.data = [*teams, *(f"kind:{kind.value}" for kind in preference.kinds)]

    def preference(self, teams: Sequence[TeamBadge]) -> Preference:
        """Return what was typed as plain values."""
        chosen = set(self.places.data or ())
        ids = frozenset(team.id for team in teams if f"team:{team.code}" in chosen)
        kinds = frozenset(kind for kind in TeamKind if f"kind:{kind.value}" in chosen)
        return Preference(Wish(self.wish.data), ids, kinds, self.from_on.data, (self.note.data or "").strip())


class EligibilityForm(FlaskForm):
    """What is asked of somebody before they may leave ops."""

    shortest_weeks = rule_figure(RuleKind.ELIGIBILITY, "shortest_weeks")
    longest_weeks = rule_figure(RuleKind.ELIGIBILITY, "longest_weeks")
    held_fixes = rule_figure(RuleKind.ELIGIBILITY, "held_fixes")
    taught = rule_figure(RuleKind.ELIGIBILITY, "taught")
    needs_word = BooleanField("A manager's word is needed too")
    seen = IntegerField(validators=[InputRequired()])

    def document(self) -> dict[str, int]:
        """Return the rule as plain values."""
        return {name: int(self[name].data) for name in BOUNDS[RuleKind.ELIGIBILITY]}
