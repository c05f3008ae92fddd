"""Reads what the awards are given for: accepted fixes with their reviews and assists, places and brackets."""

from collections import defaultdict

import sqlalchemy as sa

from gamebash.ceremony.award_rules import AwardFacts, FixDone, Placed
from gamebash.ceremony.document import Line, PlayerFacts, ranked_players
from gamebash.ceremony.players import players_of
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.play.models import Assist, Fix, FixState, Review, Verdict
from gamebash.points.brackets import brackets_of
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.rotation.models import Team
from gamebash.stories.models import Origin, Story


def award_facts_of(event: Event, line: Line) -> AwardFacts:
    """Return what the rules look at, as it is at a line of the event's ledger. Nine queries, whatever the crowd."""
    players = players_of(event, line.seq)
    experienced = _experienced(event)
    return AwardFacts(
        places=Rules.from_document(event.rules).podium_places,
        placed=_placed(players, experienced),
        fixes=_fixes(event, line.seq, experienced, frozenset(player.person_id for player in players)),
    )


def _placed(players: tuple[PlayerFacts, ...], experienced: set[int]) -> tuple[Placed, ...]:
    kinds = {team_id: kind for team_id, kind in db.session.execute(sa.select(Team.id, Team.kind))}  # noqa: C416
    placed = []
    for one, player in ranked_players(players):
        if player.points <= 0:
            continue
        kind = kinds[player.team_id] if player.team_id is not None else None
        brackets = brackets_of(kind, "", is_newcomer=player.person_id not in experienced)
        placed.append(Placed(player.person_id, one.place, frozenset(brackets)))
    return tuple(placed)


def _fixes(event: Event, seq: int, experienced: set[int], ranked: frozenset[int]) -> tuple[FixDone, ...]:
    """Return the accepted fixes whose points were not taken back; who is not in the ranks is honoured for nothing."""
    query = (
        sa.select(Fix, Story.number, Story.origin, EventStory, Player.person_id)
        .join(Story, Story.id == Fix.story_id)
        .join(EventStory, sa.and_(EventStory.event_id == Fix.event_id, EventStory.story_id == Fix.story_id))
        .join(Player, Player.id == Fix.player_id)
        .where(Fix.event_id == event.id, Fix.state == FixState.ACCEPTED, Fix.id.not_in(_taken_back(event, seq)))
        .order_by(Fix.id)
    )
    found, helped, firsts = _found(event), _helped(event), _firsts(event, seq)
    return tuple(
        FixDone(
            story=number,
            person=person_id,
            at=fix.decided_at or fix.submitted_at,
            grade=entry.grade.value if entry.grade else "",
            value=entry.value or 0.0,
            incidents=float((entry.reason_parts or {}).get("forecast") or 0.0),
            is_noise=origin is Origin.NOISE,
            change=fix.change_url,
            is_first=fix.id in firsts,
            is_newcomer=person_id not in experienced,
            sent_back=len({fix_id for fix_id, _ in found[fix.claim_id] if fix_id != fix.id}),
            found_by=tuple(sorted({who for fix_id, who in found[fix.claim_id] if fix_id != fix.id} & ranked)),
            helped=tuple(one for one in helped[fix.id] if one in ranked),
        )
        for fix, number, origin, entry, person_id in db.session.execute(query)
        if person_id in ranked
    )


def _taken_back(event: Event, seq: int) -> sa.Select[int | None]:
    """Return the fixes whose points a correction took back by then."""
    fix_entry = sa.orm.aliased(PointEntry)
    return (
        sa.select(fix_entry.fix_id)
        .join(PointEntry, PointEntry.reverses_id == fix_entry.id)
        .where(fix_entry.event_id == event.id, fix_entry.kind == EntryKind.FIX, PointEntry.seq <= seq)
    )


def _found(event: Event) -> dict[int, list[tuple[int, int]]]:
    """Return, by claim, which fix was sent back by whom. One that an appeal overturned is the accepted fix itself."""
    query = (
        sa.select(Fix.claim_id, Fix.id, Player.person_id)
        .join(Review, Review.fix_id == Fix.id)
        .join(Player, Player.id == Review.player_id)
        .where(Fix.event_id == event.id, Review.verdict == Verdict.SEND_BACK)
        .order_by(Review.id)
    )
    groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for claim_id, fix_id, person_id in db.session.execute(query):
        groups[claim_id].append((fix_id, person_id))
    return groups


def _helped(event: Event) -> dict[int, list[int]]:
    query = (
        sa.select(Assist.fix_id, Player.person_id)
        .join(Fix, Fix.id == Assist.fix_id)
        .join(Player, Player.id == Assist.player_id)
        .where(Fix.event_id == event.id, Fix.state == FixState.ACCEPTED)
        .order_by(Assist.fix_id, Player.person_id)
    )
    groups: dict[int, list[int]] = defaultdict(list)
    for fix_id, person_id in db.session.execute(query):
        groups[fix_id].append(person_id)
    return groups


def _firsts(event: Event, seq: int) -> set[int]:
    """Return the fix that the ledger calls the first; where the rules pay nothing for it, the one decided first."""
    paid = sa.select(PointEntry.fix_id).where(
        PointEntry.event_id == event.id, PointEntry.kind == EntryKind.FIRST_FIX, PointEntry.seq <= seq
    )
    if first := {fix_id for fix_id in db.session.scalars(paid) if fix_id is not None}:
        return first
    earliest = (
        sa.select(Fix.id)
        .where(Fix.event_id == event.id, Fix.state == FixState.ACCEPTED)
        .order_by(Fix.decided_at, Fix.id)
        .limit(1)
    )
    return set(db.session.scalars(earliest))


def _experienced(event: Event) -> set[int]:
    """Return who of the event's players had a fix accepted in an event that began before this one."""
    here = sa.select(Player.person_id).where(Player.event_id == event.id)
    query = (
        sa.select(Player.person_id)
        .join(Fix, Fix.player_id == Player.id)
        .join(Event, Event.id == Fix.event_id)
        .where(Fix.state == FixState.ACCEPTED, Event.starts_at < event.starts_at, Player.person_id.in_(here))
    )
    return set(db.session.scalars(query.distinct()))
