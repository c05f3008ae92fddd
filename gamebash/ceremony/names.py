"""Joins names to a result's ids as they are at this moment: a new name, an alias, a leaver made anonymous."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.models import Player, Squad
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


@dataclass(frozen=True, slots=True)
class Signs:
    """What the ids of a result's document stand for now: its people, their teams and their squads."""

    people: dict[int, Name]
    teams: dict[int, TeamSign]
    squads: dict[int, str]


def signs_of(document: Mapping[str, Any]) -> Signs:
    """Return the names of a document's players, of their teams and their squads, in one query."""
    query = (
        sa.select(Person.id, Person.handle, Person.alias, Person.name, Team, Squad.id, Squad.name)
        .join(Player, Player.person_id == Person.id)
        .outerjoin(Team, Team.id == Player.team_id)
        .outerjoin(Squad, Squad.id == Player.squad_id)
        .where(Player.event_id == document["event"], Person.id.in_({row["person"] for row in document["players"]}))
    )
    signs = Signs({}, {}, {})
    for person_id, handle, alias, name, team, squad_id, squad in db.session.execute(query):
        signs.people[person_id] = Name(player_key(handle, alias), alias or name)
        if team is not None:
            signs.teams[team.id] = TeamSign(team.code, team.name, team.crest.value, team.colour)
        if squad_id is not None:
            signs.squads[squad_id] = squad
    return signs


def titles_of(numbers: Iterable[int]) -> dict[int, str]:
    """Return the titles of stories by number, in one query."""
    query = sa.select(Story.number, Story.title).where(Story.number.in_(set(numbers)))
    return {number: title for number, title in db.session.execute(query)}  # noqa: C416  rows are no pairs to mypy
