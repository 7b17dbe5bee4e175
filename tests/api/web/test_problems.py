"""What went wrong is told in the reader's language, with what the service itself says below it."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from account_examples import PASSWORD
from browsing import Station, Visitor
from officers import PATIENCE
from playwright.sync_api import Page, expect

from api.http.cookies import LANGUAGE
from api.http.errors import codes_by_status
from api.localisation.languages import language
from api.web.pages import address
from api.web.problems import SENTENCES, sentences
from biometrics.kernel.access import Role

Visit = Callable[..., Visitor]
UNNAMED = "http_error"  # the code of what the server refuses by a status that has none of its own
HINDI = sentences(language("hi"))


def test_each_code_has_its_sentence() -> None:
    assert set(SENTENCES) == {code for codes in codes_by_status().values() for code in codes} | {UNNAMED}


def in_hindi(somebody: Visitor) -> None:
    somebody.context.add_cookies([{"name": LANGUAGE, "value": "hi", "url": somebody.station.url}])


def refuse_password(page: Page) -> None:
    """Type the old password as the new one into the form of the account."""
    page.locator("form:has([name=new_password]) [name=password]").fill(PASSWORD)
    page.locator("[name=new_password]").fill(PASSWORD)
    page.locator("[data-api$='/me/password'] button").click()


def test_a_refused_form_says_so_in_the_readers_language(visit: Visit, station: Station) -> None:
    somebody = visit()
    somebody.expect("422")
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/account")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    refuse_password(page)
    message = page.get_by_role("alert")
    expect(message).to_be_focused()
    text = message.inner_text()
    assert "The new password is the old one" in text
    assert not [url for url in requests if url.endswith(".json")]

    in_hindi(somebody)
    page.reload()
    refuse_password(page)
    expect(message).to_be_focused()
    expect(message).to_have_text(HINDI["weak_password"] + text)
    expect(message.locator("[lang=en]")).to_have_text(text)
    somebody.check_access()
    refuse_password(page)
    expect(message).to_be_focused()
    assert len([url for url in requests if url.endswith("/problems.hi.json")]) == 1


def test_a_page_that_cannot_be_shown_says_so_in_the_readers_language(station: Station) -> None:
    examiner, detail = station.officer(Role.EXAMINER), "There is no search 7; check the number."
    page = station.html(examiner, "/searches/7")
    assert "<h1>Unknown search</h1>" in page
    assert detail in page
    assert SENTENCES["unknown_search"] not in page
    page = station.html(examiner, "/searches/7", "hi")
    assert f"<p>{HINDI['unknown_search']}</p>" in page
    assert f'<p lang="en" class="detail">{detail}</p>' in page
    assert HINDI["invalid_field"] in station.html(examiner, "/records?birth_year=long+ago", "hi")


def test_sentences_are_kept_by_browsers_and_there_for_each_language(station: Station) -> None:
    for code in ("en", "hi"):
        answer = httpx.get(f"{station.server.root}{address(f'problems.{code}.json')}", timeout=PATIENCE)
        assert answer.json() == sentences(language(code))
        assert "immutable" in answer.headers["cache-control"]
    assert httpx.get(f"{station.server.root}{address('problems.xx.json')}", timeout=PATIENCE).status_code == 404
