"""The shape of what people type about moves and teams."""

from collections.abc import Iterable, Sequence

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import TextInput

from gamebash.core.forms import DayField, Refusable, choices
from gamebash.rotation.kinds import COLOURS, KIND_WORDS
from gamebash.rotation.membership import TeamBadge
from gamebash.rotation.models import Crest

OUTSIDE = ("", "No team")
COLOUR_WORDS = dict(zip(COLOURS, ("Slate, as ops", "Blue", "Amber", "Green", "Plum", "Teal"), strict=True))
OWN_KINDS = (
    ("", "Follows from the teams"),
    ("rotate_in", "Rotates in: to ops or SRE"),
    ("rotate_out", "Rotates out: to a scrum team"),
    ("return", "Returns to where they were"),
    ("hypercare", "Hypercare after a release"),
)


class PersonField(SelectField):
    """Somebody, chosen from a list; where there are too many for one, by their handle as it stands on their page."""

    def offer(self, people: Iterable[tuple[str, str]] | None, nobody: str = "Choose a person") -> None:
        """Offer these people, as handle and name, or with None a field to type into."""
        if people is None:
            # The form macros and WTForms both go by what a field says it is.
            self.type, self.widget, self.validate_choice = "StringField", TextInput(), False
            self.description = "their handle, as on their page"
            return
        self.type, self.choices = "SelectField", choices([("", nobody), *people])

    def _value(self) -> str:
        """Return what stands in the field that one types into."""
        return self.data or ""


def _places(teams: Iterable[TeamBadge]) -> list[SelectChoice]:
    return choices([OUTSIDE, *((team.code, f"{team.code} {team.name}") for team in teams)])


class _TeamsForm(Refusable):
    """From and to: a team's code, or nothing for outside all teams."""

    from_team = SelectField("From", choices=choices([OUTSIDE]))
    to_team = SelectField("To", choices=choices([OUTSIDE]))
    effective_on = DayField("First day there", validators=[InputRequired("Choose the first day in the new place.")])

    def offer_teams(self, teams: Sequence[TeamBadge]) -> None:
        """Offer these teams."""
        self.from_team.choices = _places(teams)
        self.to_team.choices = _places(team for team in teams if team.is_active)


class MoveForm(_TeamsForm):
    """A move to be logged."""

    person = PersonField("Who", choices=(), validators=[InputRequired("Choose who moves.")])
    kind = SelectField("Kind", choices=choices(OWN_KINDS))
    reason = TextAreaField(
        "Why",
        description="and what the next person needs to know",
        validators=[Length(max=500, message="Keep it within 500 letters.")],
    )

    def offer(self, people: Iterable[tuple[str, str]] | None, teams: Sequence[TeamBadge]) -> None:
        """Offer these people, as handle and name, and these teams."""
        self.person.offer(people)
        self.offer_teams(teams)

    def validate_to_team(self, field: SelectField) -> None:
        """Refuse a move that leads nowhere else."""
        if field.data == self.from_team.data:
            message = "Choose another place than the one they come from."
            raise ValidationError(message)


class CorrectionForm(_TeamsForm):
    """What a wrong entry should have said, or that it is taken out."""

    takes_out = BooleanField("Take the move out: it never happened")
    reason = TextAreaField(
        "What was wrong",
        validators=[
            InputRequired("Say what was wrong. It stays in the log beside the move."),
            Length(max=500, message="Keep it within 500 letters."),
        ],
    )

    def offer_teams(self, teams: Sequence[TeamBadge]) -> None:
        """Offer all teams, retired ones too: what is corrected may lie in their time."""
        self.from_team.choices = self.to_team.choices = _places(teams)


class ReasonForm(Refusable):
    """Why something is declined, cancelled, or stands all the same."""

    reason = TextAreaField(
        "Why",
        validators=[
            InputRequired("Say why."),
            Length(max=500, message="Keep it within 500 letters."),
        ],
    )


class SwapForm(Refusable):
    """Two people who change places on a day."""

    one = PersonField("Who", choices=(), validators=[InputRequired("Choose who changes places.")])
    other = PersonField("With whom", choices=(), validators=[InputRequired("Choose with whom.")])
    effective_on = DayField("First day there", validators=[InputRequired("Choose the first day in the new places.")])
    reason = TextAreaField("Why", validators=[Length(max=500, message="Keep it within 500 letters.")])

    def offer(self, people: Sequence[tuple[str, str]] | None) -> None:
        """Offer these people, as handle and name."""
        self.one.offer(people)
        self.other.offer(people)

    def validate_other(self, field: SelectField) -> None:
        """Refuse a swap of somebody with themselves."""
        if field.data == self.one.data:
            message = "A swap takes two people. Choose another one."
            raise ValidationError(message)


class MovesFileForm(FlaskForm):
    """A file of past moves."""

    file = FileField("CSV file", validators=[FileRequired("Choose a CSV file.")])


class TeamForm(Refusable):
    """A team to be founded or changed."""

    code = StringField(
        "Code",
        description="three capital letters or digits, as everybody calls the team",
        filters=[lambda text: text.strip().upper() if text else text],
        validators=[
            InputRequired("Give the team a code."),
            Regexp(r"^[A-Z][A-Z0-9]{2}$", message="A code is a letter and two more letters or digits, such as CHK."),
        ],
    )
    name = StringField(
        "Name",
        validators=[InputRequired("Give the team a name."), Length(max=80, message="Keep it within 80 letters.")],
    )
    kind = RadioField("Kind", choices=choices(KIND_WORDS.items()), default="scrum")
    crest = RadioField("Crest", choices=choices((crest, crest.capitalize()) for crest in Crest), default="ring")
    colour = RadioField("Colour", choices=choices(COLOUR_WORDS.items()), default="1")
    division = StringField("Division", validators=[Optional(), Length(max=80)])
    product_owner = PersonField("Product owner", choices=())
    managers = SelectMultipleField(
        "Managers",
        description="say yes to who comes and who goes; several with Ctrl or Cmd",
        validators=[Optional()],
    )
    min_weeks = IntegerField(
        "A tour lasts at least, in weeks",
        default=0,
        description="0 for no limit",
        validators=[Optional(), NumberRange(0, 520, message="From 0 to 520 weeks.")],
    )
    max_weeks = IntegerField(
        "and at most",
        default=0,
        description="0 for no limit",
        validators=[Optional(), NumberRange(0, 520, message="From 0 to 520 weeks.")],
    )

    def offer_people(self, people: Iterable[tuple[str, str]] | None, managers: Iterable[tuple[str, str]]) -> None:
        """Offer these people, as handle and name, as product owner, and those managers as managers of the team."""
        self.managers.choices = choices(managers)
        self.product_owner.offer(people, "Nobody yet")
