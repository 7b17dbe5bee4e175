"""The pages' languages: catalogues are complete and fit the code, and everybody reads the one that they chose."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
from account_examples import OPERATOR, PASSWORD
from browsing import Station, Visitor, texts_of
from playwright.sync_api import Page, expect
from pydantic import ValidationError
from texts import of_script, updated

from api.bootstrap.store import open_store
from api.localisation.languages import CATALOGUES, NAMES, SOURCE, chosen, language, read
from api.settings import Settings
from api.web.static_files import STATIC
from biometrics.access.units import Office
from biometrics.kernel.access import Role, Unit
from biometrics.use_cases.accounts.account_administration import set_office

TRANSLATED = sorted(set(NAMES) - {SOURCE})
GATHER = "run scripts/messages, and translate what is new"

_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def pairs(code: str) -> Iterator[tuple[str, str]]:
    """Return each text of the catalogue with its translation; one in the plural with each of its forms."""
    for message in read(code):
        if isinstance(message.id, tuple):
            yield from ((message.id[1], form) for form in message.string)
        elif message.id:
            yield message.id, str(message.string or "")


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_has_exactly_the_texts_of_the_code(code: str) -> None:
    assert (CATALOGUES / f"{code}.po").read_text("utf-8") == updated(code), GATHER


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_text_is_translated(code: str) -> None:
    assert [text for text, translation in pairs(code) if not translation.strip()] == []
    catalogue = read(code)
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    plurals = [message for message in catalogue if isinstance(message.id, tuple)]
    assert plurals
    assert all(len(message.string) == catalogue.num_plurals for message in plurals)


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_says_what_is_filled_in(code: str) -> None:
    def names(text: str) -> set[str]:
        return set(_PLACEHOLDER.findall(text))

    assert [text for text, translation in pairs(code) if names(text) != names(translation)] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_markup(code: str) -> None:
    assert [text for text, translation in pairs(code) if re.search('[<>&"]', text + translation)] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_scripts_are_brought_exactly_their_texts(code: str) -> None:
    scripts = {path.relative_to(STATIC).as_posix(): path.read_text("utf-8") for path in STATIC.rglob("*.js")}
    used = {name: texts for name, script in scripts.items() if (texts := set(of_script(script)))}
    assert {name: set(texts) for name, texts in language(code).of_scripts.items()} == used
    assert language(SOURCE).of_scripts == {}


def test_texts_of_scripts_are_found_wherever_they_stand() -> None:
    script = 'a = _("One"); b = `${_("Two {n}", { n: `${n}+` })}`; c(x ? _("Three", {}) : _("\\"4\\" or (five)"));'
    assert list(of_script(script)) == ["One", "Two {n}", "Three", '"4" or (five)']
    assert list(of_script("export function _(text) {} on_(x); a._(y);")) == []
    with pytest.raises(ValueError, match="No text in double quotes"):
        list(of_script("_(known ? name : other)"))


@pytest.mark.parametrize(
    ("cookie", "accepted", "code"),
    [
        (None, "", "en"),
        (None, "hi", "hi"),
        (None, "hi-IN,hi;q=0.9,en;q=0.8", "hi"),
        (None, "en-IN,hi;q=0.5", "en"),
        (None, "ta-IN, hi;q=0.5", "hi"),
        (None, "ta-IN", "en"),
        (None, "*", "en"),
        (None, ";;,=,", "en"),
        ("hi", "en-GB", "hi"),
        ("en", "hi-IN", "en"),
        ("xx", "hi-IN", "hi"),
        ("../hi", "", "en"),
    ],
)
def test_the_language_is_chosen_by_cookie_then_by_browser(cookie: str | None, accepted: str, code: str) -> None:
    assert chosen(cookie, accepted).code == code


def test_days_and_numbers_are_written_as_in_india() -> None:
    english, hindi = language("en"), language("hi")
    day = dt.date(2026, 11, 5)
    assert (english.day(day), hindi.day(day)) == ("5 Nov 2026", "5 नव॰ 2026")
    moment = dt.datetime(2026, 11, 5, 14, 7, tzinfo=dt.UTC)
    assert hindi.moment(moment, "Asia/Kolkata") == "5 नव॰ 2026, 19:37 IST"
    assert english.moment(moment, "Europe/Paris") == "5 Nov 2026, 15:07 CET"
    assert english.moment(moment).startswith(f"{moment.astimezone():5 Nov 2026, %H:%M} ")
    assert (english.number(1234567), hindi.number(1234567)) == ("12,34,567", "12,34,567")
    assert hindi.number(1234.56, 1) == "1,234.6"
    assert hindi.rarity(63) == "20 लाख"


def test_hindi_is_chosen_once_and_stays(visit: Callable[..., Visitor], station: Station) -> None:
    somebody = visit()
    page: Page = somebody.go("/sign-in")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="हिन्दी").click()
    expect(page).to_have_title("साइन इन · Pehchan")
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    somebody.check_access()
    page.get_by_label("लॉगिन").fill(station.officer(Role.STATION_OFFICER, Role.EXAMINER))
    page.get_by_label("पासवर्ड", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="साइन इन", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("नमस्ते")
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    expect(page.get_by_role("link", name="अभिलेख", exact=True)).to_be_visible()
    somebody.check_access()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good day")


def test_times_are_indias_and_name_their_zone(station: Station) -> None:
    page = station.html(station.officer(Role.ADMINISTRATOR), f"/users/{station.officer(Role.EXAMINER)}")
    [(moment, text), *_] = re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', page)
    assert text.endswith(f"{dt.datetime.fromisoformat(moment).astimezone(ZoneInfo('Asia/Kolkata')):%H:%M} IST")


def test_a_setting_that_is_no_time_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="Asia/Kolkata"):
        Settings(time_zone="IST/India")
    assert Settings(time_zone="Asia/Kolkata").time_zone == "Asia/Kolkata"


def test_a_unit_is_shown_by_its_name_before_its_code_and_the_bureau_in_the_language_of_the_page(
    station: Station,
) -> None:
    office = Unit("27", "521", "27521001")
    with open_store(station.settings).as_system("a test") as store:
        set_office(store.for_actor(OPERATOR), Office(office, "Shivajinagar PS", ""))
    page = station.html(station.officer(Role.STATION_OFFICER, unit=office.path), "/account")
    assert "Shivajinagar PS" in texts_of(page, "header")[0]
    assert "Shivajinagar PS 27/521/27521001" in texts_of(page, "main")[0]
    page = station.html(station.officer(Role.STATION_OFFICER, unit="national"), "/account", "hi")
    for part in ("header", "main"):
        assert "राष्ट्रीय ब्यूरो" in texts_of(page, part)[0]
        assert "national" not in texts_of(page, part)[0]
