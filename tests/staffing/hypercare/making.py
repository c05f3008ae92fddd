"""An organisation in which something went out, for the tests of hypercare."""

from datetime import timedelta

import sqlalchemy as sa

from gamebash.backlog.models import Incident, IncidentStatus, Source, SourceKind
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.notices.models import Notice
from gamebash.staffing.hypercare.ending import link_runbook
from gamebash.staffing.hypercare.releases import Registrar, ReleaseDraft, register_release
from gamebash.staffing.hypercare.seats import accept_seat
from gamebash.staffing.hypercare.teaching import Lesson, confirm_lesson, log_lesson
from tests.factories import add
from tests.staffing.making import Organisation


def texts_for(person):
    query = sa.select(Notice.text).where(Notice.person_id == person.id, sa.cast(Notice.kind, sa.String) == "hypercare")
    return db.session.scalars(query.order_by(Notice.id)).all()


class Launch(Organisation):
    """CHK built checkout-api: Lena and Noor are in it. Olga and Omar are in ops, which keeps it up. Priya manages."""

    def __init__(self):
        super().__init__()
        self.checkout.builder_team_id, self.checkout.team_id = self.chk.id, self.ops.id
        self.lena, self.noor = self.join("Lena", self.chk, 200), self.join("Noor", self.chk, 100)
        self.olga, self.omar = self.join("Olga", self.ops, 300), self.join("Omar", self.ops, 150)
        self.priya = self.manager()
        self.hypercare = None

    def release(self, version, *authors):
        draft = ReleaseDraft(self.checkout, version, self.now, authors)
        made = register_release(draft, Registrar(by=self.priya), now=self.now)
        self.hypercare = self.hypercare or made.hypercare
        return made

    def teach(self, times):
        """Let Lena teach Olga, who confirms it."""
        for number in range(times):
            lesson = Lesson(self.olga, f"Lesson {number + 1}", self.now.date())
            entry = log_lesson(self.hypercare, lesson, by=self.lena, now=self.now)
            confirm_lesson(self.hypercare, entry.id, by=self.olga, now=self.now)

    def make_ready(self):
        """Let everything be there except the quiet days."""
        accept_seat(self.hypercare, by=self.lena, now=self.now)
        self.teach(3)
        url, alerts = "https://wiki.example.org/checkout", "CheckoutDown"
        link_runbook(self.hypercare, url=url, alerts=alerts, by=self.lena, now=self.now)

    def incident(self, *, days, severity=Severity.SEV2, is_noise=False):
        at = self.now + timedelta(days=days)
        source = db.session.scalars(sa.select(Source)).first() or add(
            Source(slug="pager", name="Pager", kind=SourceKind.FILE, created_at=self.now)
        )
        return add(
            Incident(
                source_id=source.id, external_id=f"I-{days}", title="Payments fail", service_id=self.checkout.id,
                severity=severity, status=IncidentStatus.RESOLVED, opened_at=at, content_hash="x", is_noise=is_noise,
            )
        )  # fmt: skip
