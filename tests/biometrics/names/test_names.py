"""Names are found whatever the script and the spelling, and other people's are not."""

from __future__ import annotations

import pytest
from name_pairs import DIFFERENT, SAME

from biometrics.names.latin import latin
from biometrics.names.likeness import ALIKE, spelt_likeness
from biometrics.names.spelling import joined, key, words


def likeness(query: str, name: str) -> float:
    return spelt_likeness(words(query), words(name))


def matches(name: str, other: str) -> bool:
    """Say whether either name finds the other: a key in common, or a word that begins alike, and alike enough."""
    first, second = words(name), words(other)
    keys = [{key(word) for word in (*spelt, *joined(spelt))} for spelt in (first, second)]
    return bool(keys[0] & keys[1]) and max(likeness(name, other), likeness(other, name)) >= ALIKE


def test_spellings_of_one_name_are_distinguished_from_other_names() -> None:
    missed = [pair for pair in SAME if not matches(*pair)]
    wrong = [pair for pair in DIFFERENT if matches(*pair)]
    hit, false = 1 - len(missed) / len(SAME), len(wrong) / len(DIFFERENT)
    figures = f"recall {hit:.3f} of {len(SAME)}, precision {hit / (hit + false):.3f}; missed {missed}; wrong {wrong}"
    assert hit >= 0.9, figures
    assert hit / (hit + false) >= 0.9, figures


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("राम कुमार", "ram kumar"),
        ("लक्ष्मी", "lakshmi"),
        ("फ़ातिमा", "fatima"),
        ("राठौड़", "rathaur"),
        ("कमला", "kamla"),
        ("कमल", "kamal"),
        ("গীতা", "gita"),
        ("ગીતા", "gita"),
        ("ਗੁਰਮੀਤ ਸਿੰਘ", "gurmit singh"),
        ("கண்ணன்", "kannan"),
        ("కృష్ణ", "krishna"),
        ("D'Souza, José", "dsouza jose"),
        ("१२", "12"),
        ("- % _", ""),
    ],
)
def test_names_of_any_script_are_written_in_latin_letters(name: str, written: str) -> None:
    assert latin(name) == written


def test_titles_and_abbreviations_do_not_count() -> None:
    assert words("Shri. Mohd. Iqbal") == words("Mohammad Iqbal")
    assert words("Ram urf Ramu") == words("Ram Ramu")
    assert words("Shri") == ("sri",)


def test_the_exact_name_is_more_similar_than_another_spelling_and_a_longer_name() -> None:
    ranked = ["Ram Kumar", "Ram Kumaar", "Ram Kumar Singh", "Ram Kumari", "Ramesh Kumar"]
    alike = [likeness("Ram Kumar", name) for name in ranked]
    assert alike == sorted(alike, reverse=True)
    assert alike[0] == 1
    assert likeness("Ram Kumar", "Ram Prasad") == likeness("Ram", "") == likeness("", "Ram") == 0
