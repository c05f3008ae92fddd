"""Texts without a person: pure."""

import pytest

from gamebash.privacy.words import Words, words_of

WORDS = Words(
    words_of("Lena Vogt", ["lena@example.org", "Nightwatch", "Lenchen"]), "lena-vogt", "Former player 7", "former-7"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Lena Vogt said so", "Former player 7 said so"),
        ("LENA VOGT, Vogt, Lena", "Former player 7, Former player 7"),
        ("write to lena@example.org.", "write to Former player 7."),
        ("Nightwatch squashed it; Nightwatchmen did not", "Former player 7 squashed it; Nightwatchmen did not"),
        ("lena-vogt", "former-7"),
        ("/rotation/people/lena-vogt?on=1", "/rotation/people/former-7?on=1"),
        ("lena-vogt-2 is somebody else, by lena-vogt", "lena-vogt-2 is somebody else, by former-7"),
        ("Lena Vogtmann and Marlena Vogt stay", "Lena Vogtmann and Marlena Vogt stay"),
        ("Lena stays, as others are called so", "Lena stays, as others are called so"),
    ],
)
def test_a_person_goes_out_of_a_text_as_whole_words(before, after):
    assert WORDS.erased(before) == after


def test_a_handle_that_is_an_ordinary_word_goes_only_where_it_is_all_there_is():
    words = Words(("Sam",), "checkout", "Former player 1", "former-1")
    assert words.erased("checkout") == "former-1"
    assert words.erased("checkout is down, see /teams/checkout") == "checkout is down, see /teams/former-1"


def test_json_is_read_at_any_depth():
    before = {"person": "lena-vogt", "list": [{"said": "Lena Vogt, 3"}], "Lena Vogt": 1, "n": None}
    assert WORDS.erased_in(before) == {
        "person": "former-7", "list": [{"said": "Former player 7, 3"}], "Former player 7": 1, "n": None,
    }  # fmt: skip


def test_names_with_other_letters_are_looked_for_as_json_writes_them():
    assert "J\\u00f6rg M\\u00fcller" in Words(("Jörg Müller",), "joerg", "F", "f").needles
