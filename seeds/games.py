"""The demo's events: two that are over, with results; one that is live; one draft. Played through the game's own actions."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import RootCause
from gamebash.ceremony.closing import close_event, judge_event
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.board_stories import pull_stories_into
from gamebash.events.day_plan import DayPlan
from gamebash.events.drafts import change_day, confirm_rules, draft_event
from gamebash.events.goals import set_goal
from gamebash.events.models import Event, EventStory, Player, Series
from gamebash.events.players import join_event
from gamebash.events.running import go_live, schedule_event
from gamebash.events.series import SeriesPlan, create_series
from gamebash.events.shared_goal import Goal, GoalMeasure
from gamebash.events.squads import create_squad, join_squad
from gamebash.play.claims import claim_story, release_claim
from gamebash.play.fixes import FixDraft, submit_fix
from gamebash.play.models import Claim, Fix, FixState
from gamebash.play.reviews import accept_fix, send_back_fix
from gamebash.prizes.moments import PrizeKind
from gamebash.prizes.prizes import PrizeDraft, add_prize
from gamebash.stories.pull import Limits
from gamebash.stories.stories import write_note
from seeds.afterwards import celebrate, honour
from seeds.backlog import propose_stories
from seeds.organisation import Organisation

PRIZES = (
    PrizeDraft("A squash ball with its yellow dot", PrizeKind.SQUAD_FIRST, pieces=5),
    PrizeDraft("A coffee, brought to the desk", PrizeKind.EVERY_NTH, pieces=4, every=5),
    PrizeDraft("A racket strung anew", PrizeKind.BY_HAND),
    PrizeDraft("Dinner for two", PrizeKind.DRAW),
)
SQUADS = ("Night shift", "Boast and drive", "Nick of time", "Tin hats", "Let, please")
DEEDS = (
    "Moved the call behind a budget of its own, with one retry and jitter.", "Added the missing index and a limit on the batch.",
    "The worker gives its lock back when it is stopped.", "Split the queue by customer, so that one cannot hold up all.",
    "The client backs off when it is told to, and says so in the log.", "Removed the alert; the cause has its own now.",
)  # fmt: skip
PREVENTIONS = (
    "A test that failed before the change.", "An alert on the age of the queue.", "A canary that stops the roll-out.",
    "The runbook, with the one command that helps.",
)  # fmt: skip
REASONS = (
    "The test passes without the change too.",
    "What happens when the retry fails as well?",
    "Please name the root cause, not the restart.",
)
NOTES = (
    "It always starts right after the nightly import.",
    "A restart hides it for two days.",
    "Look at the lock in the worker first.",
)


@dataclass(frozen=True, slots=True)
class Game:
    """How an event is to be played: ``share`` of the stories squashed, the seed of its chances.

    ``skip`` keeps the problems worth most for later events: what was fixed long ago is quiet by now.
    """

    name: str
    starts_at: datetime
    hours: float
    stories: int
    share: float
    seed: str
    skip: int = 0


def found_series(organisation: Organisation, first_at: datetime, *, now: datetime) -> Series:
    """Found the quarterly series."""
    plan = SeriesPlan("Quarterly bash", first_at, 420, "FREQ=MONTHLY;INTERVAL=3")
    return create_series(plan, zone="UTC", by=organisation.named("organiser"), now=now)


def prepare(organisation: Organisation, game: Game, series: Series, *, now: datetime) -> Event:
    """Draft an event, pull its stories, let people join, and schedule it."""
    organiser = organisation.named("organiser")
    event = draft_event(_plan(game), by=organiser, now=now)
    event.series_id = series.id
    propose_stories(game.stories + 4, skip=game.skip, by=organiser, now=now)
    limits = Limits(stories=game.stories, hours=game.stories * 6, per_service=max(3, game.stories // 4))
    pull_stories_into(event, limits, by=organiser, now=now)
    confirm_rules(event, by=organiser, now=now)
    schedule_event(event, by=organiser, now=now)
    chance = random.Random(game.seed)
    people = [person for person in organisation.people.values() if person.is_playing and person.name != "Viktor Novak"]
    playing = [person for person in people if person.name == "Mara Lindqvist" or chance.random() < 0.85]  # noqa: PLR2004
    for person in playing:
        join_event(event, person, now=now, hours=chance.choice([3.0, 5.0, 6.0, 7.0]))
    in_squads = [person for person in playing if person.name != "Grace Mwangi"]
    chance.shuffle(in_squads)
    for number, name in enumerate(SQUADS[:4]):
        members = in_squads[number * 5 : number * 5 + 5]
        create_squad(event, name, captain=members[0], now=now)
        for person in members[1:]:
            join_squad(event, name, person=person, now=now)
    return event


def play_through(organisation: Organisation, event: Event, game: Game) -> None:
    """Play an event from start to end, close it, and do what comes after."""
    organiser = organisation.named("organiser")
    go_live(event, by=organiser, now=game.starts_at)
    end = game.starts_at + timedelta(hours=game.hours)
    _play(event, game, until=end - timedelta(minutes=20))
    judge_event(event, by=organiser, now=end)
    honour(organisation, event, now=end + timedelta(minutes=10))
    close_event(event, by=organiser, now=event.reviews_end_at + timedelta(minutes=1))
    celebrate(organisation, event, now=event.reviews_end_at + timedelta(minutes=15))


def play_until(organisation: Organisation, event: Event, game: Game, *, now: datetime) -> None:
    """Set what everybody fills together, go live and play up to now."""
    goal = Goal(GoalMeasure.STORIES, round(game.stories * 0.6), "pizza for all in the canteen")
    set_goal(event, goal, by=organisation.named("organiser"), now=game.starts_at)
    for draft in PRIZES:
        add_prize(event, draft, by=organisation.named("organiser"), now=game.starts_at)
    go_live(event, by=organisation.named("organiser"), now=game.starts_at)
    _play(event, game, until=now)
    _leave_a_hand(organisation, event, now=now)


def draft_next(organisation: Organisation, series: Series, starts_at: datetime, *, now: datetime) -> Event:
    """Draft the next event of the series with some stories pulled."""
    organiser = organisation.named("organiser")
    game = Game("Winter Bash" if starts_at.month in {12, 1, 2} else "Next Bash", starts_at, 7, 16, 0, "next")
    event = draft_event(_plan(game), by=organiser, now=now)
    event.series_id = series.id
    propose_stories(18, by=organiser, now=now)
    pull_stories_into(event, Limits(stories=12, hours=60, per_service=4), by=organiser, now=now)
    change_day(event, _plan(game), by=organiser, now=now)
    return event


def _plan(game: Game) -> DayPlan:
    end = game.starts_at + timedelta(hours=game.hours)
    return DayPlan(
        name=game.name,
        starts_at=game.starts_at,
        ends_at=end,
        reviews_end_at=end + timedelta(hours=1),
        place="Canteen, and wherever you are",
        about="One day, every team, nothing but repair. Ceremony right after full time.",
    )


def _play(event: Event, game: Game, *, until: datetime) -> None:
    """Let players take turns: claim, fix, review, now and then send back or let go."""
    chance = random.Random(game.seed + " play")
    players = list(db.session.scalars(sa.select(Player).where(Player.event_id == event.id).order_by(Player.id)))
    players = [player for player in players if player.person.name != "Mara Lindqvist" or game.share == 1]
    entries = list(
        db.session.scalars(
            sa.select(EventStory)
            .where(EventStory.event_id == event.id)
            .options(joinedload(EventStory.story))
            .order_by(EventStory.rank)
        )
    )
    chosen = entries[: round(len(entries) * game.share)]
    step = (until - game.starts_at) / (len(chosen) + 2)
    for number, entry in enumerate(chosen, start=1):
        at = game.starts_at + step * number
        player = players[chance.randrange(len(players))]
        try:
            _turn(entry, player, at, chance, until)
        except DomainError:
            # Somebody holds too many or nobody may review: the next one has a go instead.
            continue


def _turn(entry: EventStory, player: Player, at: datetime, chance: random.Random, until: datetime) -> None:
    claim = claim_story(entry, by=player, now=at)
    if chance.random() < 0.1:  # noqa: PLR2004
        write_note(entry.story, chance.choice(NOTES), by=player.person, now=at + timedelta(minutes=9))
        release_claim(claim, by=player, now=at + timedelta(minutes=10))
        return
    fix = submit_fix(claim, _draft(entry, chance), by=player, now=at + timedelta(minutes=12))
    reviewed_at = min(at + timedelta(minutes=chance.randint(14, 26)), until)
    if not fix.reviews:
        return
    if chance.random() < 0.2:  # noqa: PLR2004
        send_back_fix(fix, reason=chance.choice(REASONS), by=fix.reviews[0].player, now=reviewed_at)
        fix = submit_fix(claim, _draft(entry, chance), by=player, now=reviewed_at)
        reviewed_at += timedelta(minutes=5)
    for review in list(fix.reviews):
        if fix.state is FixState.IN_REVIEW:
            accept_fix(fix, by=review.player, now=reviewed_at)


def _draft(entry: EventStory, chance: random.Random) -> FixDraft:
    causes = [cause for cause in RootCause if cause is not RootCause.UNKNOWN]
    return FixDraft(
        change_url=f"https://git.{'demo.example'}/{entry.story.service.slug}/changes/{1000 + entry.story.number}",
        what_was_done=chance.choice(DEEDS),
        root_cause=chance.choice(causes),
        root_cause_found="Found by going through the last five incidents side by side.",
        prevention=chance.choice(PREVENTIONS),
    )


def _leave_a_hand(organisation: Organisation, event: Event, *, now: datetime) -> None:
    """Leave the board as one finds it in the middle of the day: claims held, fixes in review, one claim of the demo developer."""
    chance = random.Random("mid-day")
    query = (
        sa.select(EventStory)
        .where(EventStory.event_id == event.id, EventStory.squashed_at.is_(None))
        .options(joinedload(EventStory.story))
        .order_by(EventStory.rank)
    )
    taken = sa.select(Claim.story_id).where(Claim.ended_at.is_(None))
    entries = list(db.session.scalars(query.where(EventStory.story_id.not_in(taken))))
    players = list(db.session.scalars(sa.select(Player).where(Player.event_id == event.id).order_by(Player.id.desc())))
    mara = next(player for player in players if player.person.name == organisation.named("developer").name)
    others = [player for player in players if player is not mara]
    claim_story(entries[0], by=mara, now=now - timedelta(minutes=45))
    for entry, player in zip(entries[1:4], others, strict=False):
        claim_story(entry, by=player, now=now - timedelta(minutes=chance.randint(5, 40)))
    for entry, player in zip(entries[4:7], others[3:], strict=False):
        claim = claim_story(entry, by=player, now=now - timedelta(minutes=35))
        submit_fix(claim, _draft(entry, chance), by=player, now=now - timedelta(minutes=chance.randint(3, 25)))
    waiting = db.session.scalars(
        sa.select(Fix).where(Fix.event_id == event.id, Fix.state == FixState.IN_REVIEW)
    ).first()
    if waiting is not None and waiting.reviews:
        send_back_fix(waiting, reason=REASONS[0], by=waiting.reviews[0].player, now=now - timedelta(minutes=1))
