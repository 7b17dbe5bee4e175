"""Templates to pages: in the reader's language, with the menu of what they may do."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api.accounts.values import Recognised
from api.http import cookies
from api.http.paths import API, PREFIX
from api.localisation.languages import CATALOGUES, NAMES, Language, chosen
from api.localisation.strength_labels import finding_text, strength_text
from api.localisation.unit_labels import BUREAU
from api.localisation.value_labels import sample_word, word
from api.modalities import file_fields
from api.services import services_of
from api.v1.portraits import portrait
from api.web.navigation import MENU, MenuEntry
from api.web.problems import SENTENCES
from api.web.static_files import STATIC, modules_of
from biometrics.access.units import UnitStore
from biometrics.kernel.access import NATIONAL, Scope, Unit
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.recognition.body_marks import TattooClass
from biometrics.kernel.recognition.modality import Modality

_HERE: Final = Path(__file__).parent
TEMPLATES: Final = _HERE / "templates"

_ON_EVERY_PAGE: Final = ("page.js", "lib/early_input.js")
_SCRIPT: Final = re.compile(r'src="[^"]*/static/\w+/([\w/]+\.js)"')
_MOST_PANELS: Final = 4  # of files of one modality; where there would be more, all share one
_ZONED_TIME: Final = Markup('<time datetime="{}">{}</time>')
_LOCAL_TIME: Final = Markup('<time datetime="{}" data-local>{}</time>')
_LOCAL_SECONDS: Final = Markup('<time datetime="{}" data-local="seconds">{}</time>')


@dataclass(frozen=True)
class Pages:
    """Makes the pages that answer one request."""

    request: Request
    language: Language

    @property
    def me(self) -> Recognised | None:
        """Who is signed in, where the request was recognised."""
        return getattr(self.request.state, "recognised", None)

    def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Fill a template of `templates/`."""
        return HTMLResponse(self.written(template, **values), status)

    def written(self, template: str, **values: Any) -> str:
        """Return the filled template."""
        page = _environment(self.language.code, self.zone).get_template(template)
        return page.render(
            me=self.me,
            may=self.may,
            menu=[entry for entry in MENU if self._sees(entry)],
            here=self.request.url.path.removeprefix(PREFIX) or "/",
            demo_page=services_of(self.request).demo_page,
            zone=self.zone,
            unit_name=self.unit_name,
            unit_label=self.unit_label,
            **values,
        )

    @property
    def zone(self) -> str:
        """The time zone that times are shown in; "" for the browser's."""
        return services_of(self.request).time_zone

    @cached_property
    def _unit_names(self) -> dict[str, str]:
        return {}

    def unit_name(self, unit: Unit | str) -> str:
        """Return a unit's name; "" where it has none, which the national bureau always has."""
        path = unit if isinstance(unit, str) else unit.path
        if path not in self._unit_names:
            store = UnitStore(services_of(self.request).engine.store.database)
            try:
                self._unit_names[path] = store.name(path)
            except StoreUnavailable:  # the page of an error is shown without it
                self._unit_names[path] = ""
        return self._unit_names[path] or (self.translated(BUREAU) if path == NATIONAL else "")

    def unit_label(self, unit: Unit | str) -> Markup:
        """Return a unit's name, and its code behind it, which the national bureau has none of; or the code alone."""
        path = unit if isinstance(unit, str) else unit.path
        name = self.unit_name(path)
        if not name or path == NATIONAL:
            return escape(name or path)
        return Markup('{} <span class="unit">{}</span>').format(name, path)

    def may(self, scope: Scope | str) -> bool:
        """Say whether who is signed in may do something."""
        return self.me is not None and self.me.actor.may(Scope(scope))

    def translated(self, text: str) -> str:
        """Return a text of N_() in the reader's language."""
        return self.language.translations.gettext(text)

    def _sees(self, entry: MenuEntry) -> bool:
        if self.me is None or self.me.is_held_back:
            return False
        return entry.scope is None or self.may(entry.scope)


def pages(request: Request) -> Pages:
    """Return what makes the pages of a request."""
    return Pages(request, cookies.language_of(request))


PagesDependency = Annotated[Pages, Depends(pages)]


@cache
def address(name: str) -> str:
    """Return the address of a file of `static/`; it changes with what is there, so that browsers may keep it."""
    return f"{PREFIX}/static/{_release()}/{name}"


@cache
def _release() -> str:
    """Return a short digest of all scripts, styles and sentences: scripts ask for each other by plain names."""
    digest = sha256()
    for path in sorted([*STATIC.rglob("*"), *CATALOGUES.glob("*.po"), _HERE / "problems.py"]):
        if path.is_file():
            digest.update(path.relative_to(_HERE.parent).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def texts_of_scripts(language: Language, scripts: str) -> dict[str, str]:
    """Return what the scripts of a page show in the language, by its English; `scripts` is its HTML that loads them."""
    names = modules_of((*_ON_EVERY_PAGE, *_SCRIPT.findall(scripts)))
    return {english: text for name in names for english, text in language.of_scripts.get(name, {}).items()}


def _file_choices(language: Language) -> dict[str, str]:
    """Return what the files of each form field show, those without positions first."""
    fields = sorted(file_fields().items(), key=lambda item: item[1][1] is not None)
    return {field: language.translations.gettext(sample_word(*meant)) for field, meant in fields}


def _file_panels(modality: Modality) -> list[list[str]]:
    """Return the form fields of each panel of files on the enrolment page."""
    fields = [field for field, position in modality.traits.fields.items() if position is None or position.is_known]
    return [[field] for field in fields] if len(fields) <= _MOST_PANELS else [list(modality.traits.fields)]


@cache
def _environment(code: str, zone: str) -> Environment:
    language = chosen(code, "")

    def moment(value: dt.datetime, *, seconds: bool = False) -> Markup:
        """Write a moment; where no zone is set, a script of every page writes it in the browser's."""
        element = _ZONED_TIME if zone else _LOCAL_SECONDS if seconds else _LOCAL_TIME
        return element.format(value.isoformat(), language.moment(value, zone, seconds=seconds))

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "day": language.day,
        "moment": moment,
        "moment_text": lambda value: language.moment(value, zone),
        "age": language.age,
        "number": language.number,
        "rarity": language.rarity,
        "strength": lambda score: strength_text(score.evidence, language.translations.gettext),
        "finding": lambda finding: finding_text(finding, language.translations.gettext),
        "design": lambda value: _design(value, language),
        "word": lambda value: language.translations.gettext(word(value)),
        "sample_word": lambda one: language.translations.gettext(sample_word(one.modality, one.position)),
        "portrait": portrait,
        "translated": language.translations.gettext,
        "sentence": lambda code: language.translations.gettext(SENTENCES[code]),
    }
    environment.globals |= {
        "static": address,
        "app": PREFIX,
        "api": API,
        "language": language,
        "languages": NAMES,
        "texts_of_scripts": texts_of_scripts,
        "modalities": Modality.registered(),
        "file_fields": _file_choices(language),
        "file_panels": _file_panels,
        "Scope": Scope,
        "version": version("pehchan"),
    }
    return environment


def _design(design: str, language: Language) -> str:
    """Return what a tattoo shows, in the language; the subclass stays a code."""
    name, slash, subclass = design.partition("/")
    return language.translations.gettext(word(TattooClass(name))) + slash + subclass
