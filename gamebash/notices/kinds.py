"""What a notice is about; people choose by kind how they want to hear of it."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a person is told."""

    REVIEW_DRAWN = "review_drawn"
    FIX_DECIDED = "fix_decided"
    LEASE_ENDING = "lease_ending"
    EVENT = "event"
    ANSWER = "answer"
    STORY_FREE = "story_free"
    WATCH = "watch"
    MOVE = "move"
    BADGE = "badge"
    HANDOVER = "handover"
    HYPERCARE = "hypercare"


# What the computer of somebody who asks for that shows, unless they choose otherwise: what ends if nobody looks.
SHOWN_AT_FIRST = frozenset({NoticeKind.REVIEW_DRAWN, NoticeKind.LEASE_ENDING})


class Way(StrEnum):
    """How somebody wants to hear of a kind of notice."""

    APP = "app"
    MAIL = "mail"
    NONE = "none"


WORDS = {
    NoticeKind.REVIEW_DRAWN: "A review waits for you",
    NoticeKind.FIX_DECIDED: "Your fix was accepted or sent back",
    NoticeKind.LEASE_ENDING: "Your time on a story or a review is nearly over",
    NoticeKind.STORY_FREE: "A story you wait for is free",
    NoticeKind.ANSWER: "A question of yours was answered",
    NoticeKind.EVENT: "An event begins, ends or needs you",
    NoticeKind.BADGE: "You earned a badge",
    NoticeKind.WATCH: "A fix held, or its problem came back",
    NoticeKind.MOVE: "A move of yours or of your team: asked, changed, or near",
    NoticeKind.HANDOVER: "A handover you give, receive or answer for",
    NoticeKind.HYPERCARE: "You are asked to stay as L3, to confirm what you were taught, or to decide about it",
}
