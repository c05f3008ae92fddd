"""The shape of what people type about stories."""

from collections.abc import Iterable, Sequence

from flask_wtf import FlaskForm
from wtforms import FloatField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from gamebash.core.errors import InvalidError
from gamebash.core.forms import Refusable, choices
from gamebash.stories.grades import USUAL_POINTS, Grade

GRADE_WORDS = {
    Grade.BLUE: "Blue dot",
    Grade.RED: "Red dot",
    Grade.YELLOW: "Yellow dot",
    Grade.DOUBLE_YELLOW: "Double yellow",
}
LONGEST_TEXT = 20_000


class HoursField(FloatField):
    """A number of hours, with a point or a comma."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read it; nonsense is said in words."""
        try:
            super().process_formdata([value.strip().replace(",", ".") for value in valuelist])
        except ValueError as error:
            message = "Type a number of hours, for example 3.5."
            raise ValueError(message) from error


class StarterForm(FlaskForm):
    """Who helps with a first fix, and where to begin."""

    mentor = StringField("Mentor", validators=[InputRequired("Name who helps."), Length(max=64)])
    other = StringField("Or somebody else", validators=[Optional(), Length(max=64)])
    runbook_url = StringField("Runbook", validators=[Optional(), Length(max=500)])
    pointers = TextAreaField("Where to look", validators=[Optional(), Length(max=1000)])
    known_from = StringField("How they know the service", validators=[Optional(), Length(max=200)])

    @property
    def helper(self) -> str:
        """The handle of who helps: the one typed, else the one chosen."""
        return (self.other.data or "").strip() or self.mentor.data or ""


class StoryForm(Refusable):
    """A story as people write it."""

    title = StringField(
        "Title",
        description="What happens to people: “Checkout returns 504 when the tax service is slow”.",
        validators=[
            DataRequired("Say in one line what happens to people."),
            Length(max=200, message="Keep it within 200 letters."),
        ],
    )
    why = StringField(
        "Why it matters",
        description="One sentence under the title.",
        validators=[Optional(), Length(max=300, message="Keep it within 300 letters.")],
    )
    service = SelectField("Service", validators=[InputRequired("Choose the service it is in.")])
    team = SelectField(
        "Team", description="Who knows it best. Left open, the team that built the service.", validators=[Optional()]
    )
    effort_hours = HoursField(
        "Effort in hours",
        description="Of one person. More than 24 is more than one story.",
        validators=[
            InputRequired("Estimate it in hours, for example 3.5."),
            NumberRange(min=0.25, max=200, message="Between a quarter of an hour and 200 hours."),
        ],
    )
    grade = SelectField("Grade", validators=[Optional()])
    acceptance_criteria = TextAreaField(
        "Acceptance criteria",
        description="How a reviewer sees that it is fixed. Markdown; needed before it can be pulled.",
        validators=[Optional(), Length(max=LONGEST_TEXT, message="Keep it within 20,000 letters.")],
    )
    description = TextAreaField(
        "What is known",
        description="What was tried, what is suspected, links. Markdown.",
        validators=[Optional(), Length(max=LONGEST_TEXT, message="Keep it within 20,000 letters.")],
    )
    seen_at = HiddenField()

    def offer(self, services: Iterable[tuple[str, str]], teams: Iterable[tuple[str, str]]) -> None:
        """Offer these services (slug, name) and teams (code, name)."""
        grades = ((grade.value, f"{GRADE_WORDS[grade]}, {points} points") for grade, points in USUAL_POINTS.items())
        self.service.choices = choices([("", "Choose a service"), *services])
        self.team.choices = choices([("", "The team that built it"), *teams])
        self.grade.choices = choices([("", "Follows from the effort"), *grades])


class GradeForm(FlaskForm):
    """What somebody thinks a story takes."""

    grade = SelectField("Grade", choices=choices((grade.value, grade.value) for grade in Grade))

    def to_grade(self) -> Grade:
        """Return the grade chosen.

        Raises:
            InvalidError: where it is none.
        """
        if not self.validate():
            raise InvalidError("Choose one of the four grades.")
        return Grade(self.grade.data)


class DropForm(FlaskForm):
    """Why a story is dropped."""

    reason = StringField(
        "Why",
        validators=[
            DataRequired("Say why, so that nobody proposes it again unknowing."),
            Length(max=300, message="Keep it within 300 letters."),
        ],
    )
