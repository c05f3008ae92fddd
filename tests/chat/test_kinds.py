"""Each chat is sent what it takes, and nothing that people typed calls a room or passes for a link."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamebash.chat.kinds import LONGEST, ChatKind, body_of


def test_each_chat_gets_its_own_form():
    assert body_of(ChatKind.TEXT, "Full time.") == {"text": "Full time."}
    assert body_of(ChatKind.DISCORD, "Full time.") == {"content": "Full time.", "allowed_mentions": {"parse": []}}
    (card,) = body_of(ChatKind.TEAMS, "One.\nTwo.")["attachments"]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert card["content"]["body"] == [{"type": "TextBlock", "text": "One.\n\nTwo.", "wrap": True}]


@pytest.mark.parametrize("kind", ChatKind)
@given(
    said=st.text(max_size=60),
    call=st.sampled_from(["<!channel>", "@everyone", "@here", "<https://evil.example|click>", "<users/all>"]),
)
def test_nothing_typed_calls_everybody_or_hides_a_link(kind, said, call):
    sent = json.dumps(body_of(kind, f"{said}{call}{said}"), ensure_ascii=False)
    assert call not in sent
    assert "<" not in sent


@pytest.mark.parametrize("kind", ChatKind)
def test_a_long_message_is_cut_to_what_every_chat_takes(kind):
    assert "x" * LONGEST in json.dumps(body_of(kind, "x" * 5_000))
    assert "x" * (LONGEST + 1) not in json.dumps(body_of(kind, "x" * 5_000))
