"""Kinds of chats, and what each takes at the address it gives out for messages from elsewhere (an incoming webhook).

Slack, Mattermost, Rocket.Chat and Google Chat take ``{"text": …}``, Discord ``{"content": …}``, Teams an adaptive card.
"""

from enum import StrEnum
from typing import Any

# Discord takes 2,000 letters, the others more.
LONGEST = 1_900


class ChatKind(StrEnum):
    """What a chat takes."""

    TEXT = "text"
    DISCORD = "discord"
    TEAMS = "teams"


LABELS: dict[ChatKind, str] = {
    ChatKind.TEXT: "Slack, Mattermost, Rocket.Chat or Google Chat",
    ChatKind.DISCORD: "Discord",
    ChatKind.TEAMS: "Microsoft Teams",
}
# Names and announcements are what people typed: none of it may call a whole room, or pass for a link to elsewhere.
_HARMLESS = str.maketrans({"<": "\u2039", ">": "\u203a", "@": "@\u200b"})


def body_of(kind: ChatKind, text: str) -> dict[str, Any]:
    """Return a message as a kind of chat takes it."""
    said = text.translate(_HARMLESS)[:LONGEST]
    if kind is ChatKind.DISCORD:
        return {"content": said, "allowed_mentions": {"parse": []}}
    if kind is ChatKind.TEAMS:
        block = {"type": "TextBlock", "text": said.replace("\n", "\n\n"), "wrap": True}
        card = {"type": "AdaptiveCard", "version": "1.4", "body": [block]}
        return {
            "type": "message",
            "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
        }
    return {"text": said}
