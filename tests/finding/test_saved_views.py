"""A list as somebody narrowed it is kept under a name, by them alone, and found again by its address."""

import pytest
import sqlalchemy as sa

from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError, NotFoundError
from gamebash.finding.models import SavedView
from gamebash.finding.saved_views import MOST, PLACES, SavedViewError, drop_view, query_of, save_view, views_of
from tests.factories import NOW, make_person, make_story
from tests.support.signing_in import sign_in

STORIES = "stories.list_stories"


def keep(person, query="show=ready", name="Ready ones", place=STORIES):
    return save_view(person, place, query, name, now=NOW)


@pytest.mark.parametrize(
    ("pairs", "query"),
    [
        ([], ""),
        ([("q", ""), ("show", "ready"), ("page", "3")], "show=ready"),
        ([("sort", "hour"), ("q", "a&b=c")], "q=a%26b%3Dc&sort=hour"),
        ([("gone", "mara"), ("gone", "luis")], "gone=luis&gone=mara"),
    ],
)
def test_what_is_looked_for_has_one_spelling_without_pages(pairs, query):
    assert query_of(pairs) == query


def test_every_place_that_can_be_kept_is_a_list_with_an_address_of_its_own(app):
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    assert all(not rules[place].arguments and "GET" in rules[place].methods for place in PLACES)


def test_a_name_used_again_is_the_new_ones_and_each_person_has_their_own(context):
    mara, luis = make_person("Mara"), make_person("Luis")
    first = keep(mara)
    assert keep(mara, "show=done").id == first.id
    assert keep(luis).id != first.id
    assert [one.query for one in views_of(mara.id, STORIES)] == ["show=done"]
    with pytest.raises(NotFoundError):
        drop_view(luis, first.id)
    drop_view(mara, first.id)
    assert views_of(mara.id, STORIES) == ()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"place": "people.account"}, "cannot be kept"),
        ({"name": "  "}, "a name"),
        ({"name": "x" * 41}, "at most 40"),
        ({"query": "page=2&q="}, "Narrow or order"),
        ({"query": "q=" + "x" * 1001}, "Narrow or order"),
    ],
)
def test_what_is_no_view_is_refused_in_words(context, values, message):
    with pytest.raises(InvalidError, match=message):
        keep(make_person(), **values)


def test_nobody_keeps_more_than_can_be_shown(context):
    mara = make_person()
    for number in range(MOST):
        keep(mara, name=f"View {number}")
    with pytest.raises(SavedViewError, match="Drop one first"):
        keep(mara, name="One more")


def test_it_is_kept_from_the_list_shown_on_it_and_dropped_there(app):
    with app.app_context(), unit_of_work():
        make_story(title="Retry with jitter")
        make_person("Mara Lindqvist", "developer", handle="mara")
        make_person("Luis", "developer", handle="luis")
    mara, luis = (sign_in(app.test_client(), handle) for handle in ("mara", "luis"))
    assert "Keep this view" not in mara.get("/stories").get_data(as_text=True)
    assert "Keep this view" in mara.get("/stories?show=ready&page=1").get_data(as_text=True)
    kept = mara.post("/views", data={"place": STORIES, "query": "show=ready&q=jitter", "name": "Jitter"})
    assert kept.headers["Location"] == "/stories?q=jitter&show=ready"
    page = mara.get(kept.headers["Location"], headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Drop this view" in page
    assert ">Jitter</a>" in page
    assert ">Jitter</a>" not in luis.get("/stories").get_data(as_text=True)
    with app.app_context():
        number = db.session.scalars(sa.select(SavedView.id)).one()
    assert luis.post(f"/views/{number}/drop").status_code == 404
    assert mara.post(f"/views/{number}/drop").status_code == 303
    assert ">Jitter</a>" not in mara.get("/stories").get_data(as_text=True)


def test_what_is_not_a_query_leads_nowhere_else(context):
    view = keep(make_person(), "//evil.example/?q=1")
    assert view.query == "%2F%2Fevil.example%2F%3Fq=1"
