"""Every feature's tables, imported once so that the metadata is whole."""

from gamebash.absences import models as absences
from gamebash.backlog import models as backlog
from gamebash.badges import models as badges
from gamebash.ceremony import models as ceremony
from gamebash.chat import models as chat
from gamebash.core import append_only, audit, counters, erasures
from gamebash.core.db import db
from gamebash.events import models as events
from gamebash.finding import models as finding
from gamebash.incentives import models as incentives
from gamebash.notices import models as notices
from gamebash.operating import models as operating
from gamebash.people import models as people
from gamebash.play import models as play
from gamebash.points import models as points
from gamebash.prizes import models as prizes
from gamebash.rescoring import models as rescoring
from gamebash.rotation import models as rotation
from gamebash.screen import models as screen
from gamebash.staffing import models as staffing
from gamebash.staffing.handovers import models as handovers
from gamebash.staffing.hypercare import models as hypercare
from gamebash.stories import models as stories
from gamebash.watch import models as watch

metadata = db.metadata

__all__ = [
    "absences",
    "append_only",
    "audit",
    "backlog",
    "badges",
    "ceremony",
    "chat",
    "counters",
    "erasures",
    "events",
    "finding",
    "handovers",
    "hypercare",
    "incentives",
    "metadata",
    "notices",
    "operating",
    "people",
    "play",
    "points",
    "prizes",
    "rescoring",
    "rotation",
    "screen",
    "staffing",
    "stories",
    "watch",
]  # fmt: skip
