"""What is said in a running event, as open pages hear of it: announcements until they are put away, answers and verdicts once."""

from collections.abc import Mapping

from gamebash.core.live.shows import Looker, Painter, Word
from gamebash.events.queries.said import Said
from gamebash.events.queries.talk import Banner
from gamebash.play.queries.now import EventNow


def banner_parts(said: Said, paint: Painter) -> Mapping[str, str]:
    """Return the announcements as everybody sees them who has put none away."""
    return _banners(said, said.banners, paint)


def own_banners(said: Said, looker: Looker | None, paint: Painter) -> Mapping[str, str]:
    """Return the announcements as somebody sees them who has put some away; nothing for anybody else."""
    if looker is None or looker.person_id not in said.put_away:
        return {}
    return _banners(said, said.banners_for(looker.person_id), paint)


def event_words(reading: EventNow, looker: Looker | None, paint: Painter) -> tuple[Word, ...]:
    """Return what somebody hears once: of their own fixes, that they were squashed or sent back, and answers."""
    if looker is None:
        return ()
    verdicts = [
        Word(verdict.number, paint("play/_verdict.html", verdict=verdict))
        for verdict in reading.verdicts
        if verdict.person_id == looker.person_id
    ]
    return tuple(sorted((*verdicts, *said_words(reading.said, looker, paint)), key=lambda word: word.number))


def said_words(said: Said, looker: Looker | None, paint: Painter) -> tuple[Word, ...]:
    """Return the answers that somebody hears once: those to all, and those to them."""
    return tuple(
        Word(one.number, paint("events/_answer.html", one=one))
        for one in said.answers
        if looker is not None and one.person_id in {None, looker.person_id}
    )


def _banners(said: Said, banners: tuple[Banner, ...], paint: Painter) -> Mapping[str, str]:
    return {f"banners-{said.slug}": paint("events/_banners.html", banners=banners, slug=said.slug)}
