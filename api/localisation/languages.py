"""The languages of the pages: gettext catalogues in `catalogues/`, read as they are, and dates and numbers by Babel."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from math import floor, log10
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.numbers import format_compact_decimal, format_decimal
from babel.support import Translations

CATALOGUES: Final = Path(__file__).with_name("catalogues")
_TENS: Final = 10
_IN_WORDS: Final = 1_000_000  # from here on digits are hard to count
RAREST: Final = 90.0  # decibans, one in a billion: no measurement distinguishes rarer scores
SOURCE: Final = "en"  # the language that the templates are written in
NAMES: Final = {"en": "English", "hi": "हिन्दी"}


@dataclass(frozen=True)
class Language:
    """A language that pages are shown in."""

    code: str
    translations: NullTranslations
    of_scripts: dict[str, dict[str, str]]  # by scripts: the messages that one shows, by their English

    @property
    def is_source(self) -> bool:
        """Whether it is the one that texts are written in, and that the service says what is wrong in."""
        return self.code == SOURCE

    @property
    def is_devanagari(self) -> bool:
        """Whether it is written in Devanagari, for which pages load a font of its own."""
        return self.code == "hi"

    @property
    def locale(self) -> Locale:
        """What dates and numbers go by: India's way in every language."""
        return Locale.parse(f"{self.code}_IN")

    def day(self, value: dt.date) -> str:
        """Write a day, such as 25 Nov 2026."""
        return format_date(value, "d MMM y", self.locale)

    def month(self, value: dt.date) -> str:
        """Write a month, such as Nov 2026."""
        return format_date(value, "MMM y", self.locale)

    def moment(self, value: dt.datetime, zone: str = "", *, seconds: bool = False) -> str:
        """Write a moment in a time zone, by default this machine's, such as 25 Nov 2026, 20:34 IST."""
        local = value.astimezone(ZoneInfo(zone) if zone else None)
        text = format_datetime(
            local, f"d MMM y, HH:mm{':ss' if seconds else ''}", tzinfo=local.tzinfo, locale=self.locale
        )
        return f"{text} {local.tzname()}"

    def age(self, value: dt.datetime) -> str:
        """Write how long ago a moment was, such as 3 days."""
        return format_timedelta(dt.datetime.now(dt.UTC) - value, locale=self.locale, threshold=1)

    def number(self, value: float, places: int = 0) -> str:
        """Write a number with its groups of digits, such as 12,34,567."""
        return format_decimal(value, f"#,##,##0.{'0' * places}" if places else "#,##,##0", self.locale)

    def rarity(self, decibans: float, *, capped: bool = False) -> str:
        """Write of how many comparisons one scores so high, to two digits, such as 21,000; RAREST at most.

        A `capped` score is rounded down, so that no more is stated than the data show.
        """
        power = 10 ** (min(max(decibans, 0.0), RAREST) / 10)
        digits = 1 - int(log10(power))
        rounded = floor(power * 10.0**digits) / 10.0**digits if capped else round(power, digits)
        if rounded < _IN_WORDS:
            return self.number(rounded, 0 if rounded >= _TENS or rounded == int(rounded) else 1)
        return format_compact_decimal(rounded, format_type="long", locale=self.locale, fraction_digits=1)


@cache
def language(code: str) -> Language:
    """Return a language of NAMES."""
    if code == SOURCE:
        return Language(code, NullTranslations(), {})
    catalogue = read(code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    of_scripts: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for message in catalogue:
        for path, _ in message.locations:
            if message.id and message.string and path.endswith(".js"):
                of_scripts[path.removeprefix("static/")][str(message.id)] = str(message.string)
    return Language(code, Translations(compiled), dict(of_scripts))


def read(code: str) -> Catalog:
    """Read the catalogue of a language."""
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        return pofile.read_po(file, locale=code)


def chosen(cookie: str | None, accept_language: str) -> Language:
    """Return the chosen language, else the first available one of the browser's, else English."""
    if cookie in NAMES:
        return language(cookie)
    wished = [part.partition(";")[0].strip().replace("-", "_") for part in accept_language.split(",")]
    return language(negotiate_locale(wished, list(NAMES)) or SOURCE)
