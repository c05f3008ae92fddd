"""Three problems with incidents of a source, and somebody who decides."""

import pytest

from gamebash.backlog.models import Source, SourceKind
from gamebash.core.db import db
from tests.backlog.deciding import NOW, record, take_in
from tests.factories import make_person


@pytest.fixture
def ops(context, work):
    with work():
        person = make_person("Ada Okoro")
        db.session.add(Source(slug="s", name="S", kind=SourceKind.FILE, created_at=NOW))
    take_in(work, record(1), record(2), record(3, "memory"), record(4, "memory"), record(5, "memory"), record(6, "cpu"))
    return person
