"""Sample data for the component sheet: fixed, so two renderings can be compared."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from wtforms import Form, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from gamebash.core.charts import Turn
from gamebash.core.paging import Paged


@dataclass(frozen=True, slots=True)
class SampleTeam:
    """A team as the screens show it."""

    code: str
    name: str
    crest: str
    colour: str


class SampleForm(Form):
    """A form with a field of each usual kind."""

    title = StringField("Label", description="A hint, before the field.")
    reviewer = SelectField(
        "Choice", choices=[SelectChoice("so", "Sam Okafor (OPS)"), SelectChoice("ab", "Aisha Bello (OPS)")]
    )
    day = StringField("With an error", [InputRequired("Pick a workday.")])
    note = TextAreaField("Longer text")
    hours = IntegerField("A number", [InputRequired("Say how many hours.")])


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the component sheet shows."""

    now: datetime
    teams: tuple[SampleTeam, ...]
    weeks: tuple[int, ...]
    causes: tuple[tuple[str, int, bool], ...]
    hours: tuple[int, ...]
    turns: tuple[Turn, ...]
    first: date
    last: date
    paged: Paged[int]
    form: SampleForm
    grades: tuple[tuple[str, int, str], ...]

    @property
    def claimed_at(self) -> datetime:
        """When the sample claim began."""
        return self.now - timedelta(minutes=47)

    @property
    def ends_at(self) -> datetime:
        """When the sample claim ends."""
        return self.now + timedelta(minutes=43, seconds=10)

    @property
    def event_ends_at(self) -> datetime:
        """When the sample event ends."""
        return self.now + timedelta(hours=1, minutes=47, seconds=32)


def sheet() -> Sheet:
    """Return the sample data."""
    form = SampleForm(data={"title": "Label queue", "day": ""})
    form.validate()
    return Sheet(
        now=datetime(2026, 11, 19, 14, 43, tzinfo=UTC),
        teams=TEAMS,
        weeks=(0, 1, 0, 2, 1, 0, 1, 3, 1, 0, 2, 1, 2),
        causes=CAUSES,
        hours=(0, 0, 1, 3, 9, 9, 8, 2, 0, 0, 1, 1, 0, 0, 3, 2, 0, 0, 0, 0, 1, 0, 0, 0),
        turns=TURNS,
        first=date(2026, 8, 1),
        last=date(2027, 1, 31),
        paged=Paged(tuple(range(25)), 2, 143),
        form=form,
        grades=GRADES,
    )


TEAMS = (
    SampleTeam("CHK", "Checkout", "triangle", "1"),
    SampleTeam("PRC", "Pricing", "diamond", "2"),
    SampleTeam("WHS", "Warehouse", "square", "3"),
    SampleTeam("EDI", "Supplier link", "pentagon", "4"),
    SampleTeam("IDN", "Identity", "cross", "5"),
    SampleTeam("OPS", "Production support", "ring", "ops"),
)
CAUSES = (
    ("Backup window disk alerts", 148, True),
    ("Synthetic probe during deploys", 96, True),
    ("Label queue stalls", 61, False),
    ("Tax service timeouts", 41, False),
    ("Retry storm, notifier", 24, False),
    ("Certificate reminder, test hosts", 17, True),
    ("Three smaller problems", 25, False),
)
TURNS = (
    Turn(date(2026, 6, 1), date(2026, 9, 28), "WHS", "3", is_ops=False),
    Turn(date(2026, 9, 28), date(2026, 12, 7), "OPS", "ops", is_ops=True),
    Turn(date(2026, 12, 7), date(2027, 3, 1), "WHS", "3", is_ops=False, is_planned=True),
)
GRADES = (
    ("blue", 1, "under an hour"),
    ("red", 3, "a morning"),
    ("yellow", 5, "half a day"),
    ("double_yellow", 8, "a day, several parts"),
)
