"""Who plays under an alias is known by it alone: no page of the game says whose it is, not even in an address."""

import pytest
import sqlalchemy as sa

from gamebash.core.db import db, unit_of_work
from gamebash.people.models import Person
from tests.play.test_pages import FIX, browsers, game, text_of

__all__ = ["browsers", "game"]


@pytest.fixture
def hidden(app, game, browsers):
    """Sam plays as Rubber Duck. Mara only plays: those who shape stories also choose mentors, from everybody by name."""
    with app.app_context(), unit_of_work():
        mara = db.session.scalars(sa.select(Person).where(Person.handle == "mara")).one()
        mara.role_rows.clear()
        sam = db.session.scalars(sa.select(Person).where(Person.handle == "sam")).one()
        sam.handle, sam.name, sam.alias = "quillfeather", "Ottoline Quillfeather", "Rubber Duck"
    return game


def test_an_alias_can_be_named_as_help_and_gives_nobody_away(app, hidden, browsers):
    slug, (key, *_) = hidden
    mara, noor = browsers["mara"], browsers["noor"]
    mara.post(f"/stories/{key}/claim")
    page = text_of(mara.get(f"/stories/{key}"))
    assert 'value="~Rubber Duck"' in page
    assert mara.post(f"/stories/{key}/fix", data={**FIX, "assists": "~Rubber Duck"}).status_code == 303
    assert noor.post(f"/stories/{key}/review", data={"verdict": "accept"}).status_code == 303
    paths = (
        f"/stories/{key}", f"/events/{slug}", f"/events/{slug}/leaderboard", f"/events/{slug}/feed",
        f"/events/{slug}/scores/~Rubber%20Duck", "/players/~Rubber%20Duck", "/seasons/2026", "/",
    )  # fmt: skip
    pages = {path: text_of(mara.get(path)) for path in paths}
    assert [path for path, page in pages.items() if "uillfeather" in page] == []
    assert "Rubber Duck" in pages[f"/events/{slug}/leaderboard"]
    assert "Helped to squash" in pages[f"/events/{slug}/scores/~Rubber%20Duck"]


def test_the_handle_of_an_alias_opens_its_score_to_itself_and_organisers_only(hidden, browsers):
    slug, _ = hidden
    path = f"/events/{slug}/scores/quillfeather"
    assert [browsers[who].get(path).status_code for who in ("mara", "guest", "sam", "aisha")] == [404, 404, 200, 200]


def test_somebody_unknown_cannot_be_named_as_help(hidden, browsers):
    _, (key, *_) = hidden
    browsers["mara"].post(f"/stories/{key}/claim")
    answer = browsers["mara"].post(f"/stories/{key}/fix", data={**FIX, "assists": "~Nobody"})
    assert answer.status_code == 422
    assert "Nobody does not play" in text_of(answer)
