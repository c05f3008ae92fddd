"""Joins names to a result's ids as they are at this moment: a new name, an alias, a leaver made anonymous."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.models import Squad
from gamebash.people.models import Person
from gamebash.people.player_keys import player_key
from gamebash.rotation.models import Team
from gamebash.stories.models import Story


@dataclass(frozen=True, slots=True)
class Name:
    """A person as the game shows them; ``key`` is what stands in the address of their page."""

    key: str
    name: str

    @property
    def initials(self) -> str:
        """Two letters for the shirt, of the name that is shown."""
        words = self.name.split() or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@dataclass(frozen=True, slots=True)
class TeamSign:
    """A team's crest, name and colour."""

    code: str
    name: str
    crest: str
    colour: str


def names_of(person_ids: Iterable[int]) -> dict[int, Name]:
    """Return people by id, in one query."""
    query = sa.select(Person.id, Person.handle, Person.alias, Person.name).where(Person.id.in_(set(person_ids)))
    return {
        number: Name(player_key(handle, alias), alias or name)
        for number, handle, alias, name in db.session.execute(query)
    }


def teams_of(team_ids: Iterable[int]) -> dict[int, TeamSign]:
    """Return teams by id, in one query."""
    query = sa.select(Team).where(Team.id.in_(set(team_ids)))
    return {
        team.id: TeamSign(team.code, team.name, team.crest.value, team.colour) for team in db.session.scalars(query)
    }


def squads_of(squad_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of squads by id, in one query."""
    query = sa.select(Squad.id, Squad.name).where(Squad.id.in_(set(squad_ids)))
    return {number: name for number, name in db.session.execute(query)}  # noqa: C416  rows are no pairs to mypy


def titles_of(numbers: Iterable[int]) -> dict[int, str]:
    """Return the titles of stories by number, in one query."""
    query = sa.select(Story.number, Story.title).where(Story.number.in_(set(numbers)))
    return {number: title for number, title in db.session.execute(query)}  # noqa: C416  rows are no pairs to mypy
