"""The tour of the demo: five steps through the real pages, each as the person whose work it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from api.localisation.translatable import N_


@dataclass(frozen=True)
class TourStep:
    """A step: `login` does it, from the page `start` below the pages' prefix on.

    `text` says what to do there. Where the work is on a page that is opened from `start`, `to_open` says there what to
    open, and `text` what to do on it.

    `target` selects what the page draws attention to. `file`, one of the demo's, is put into the field `files`, and
    `values` into the fields of these names, so that the visitor has only to press a button.
    """

    login: str
    start: str
    title: str
    text: str
    target: str
    to_open: str = ""
    file: str = ""
    values: dict[str, str] = field(default_factory=dict)

    def text_at(self, path: str) -> str:
        """Return what to do on a page, by its path below the pages' prefix; "" where it is none of the step's."""
        if path == self.start:
            return self.to_open or self.text
        return self.text if path.startswith(f"{self.start}/") else ""


STEPS: Final = (
    TourStep(
        "officer",
        "/search",
        N_("Search with a print"),
        N_(
            "An arrested person gives no name. The print of the right thumb is chosen on this page, with the purpose "
            "and the case number. Press Search."
        ),
        "#search button.main",
        file="right_thumb.png",
        values={"purpose": "investigation", "case_number": "0651/2026"},
    ),
    TourStep(
        "officer",
        "/searches",
        N_("See who it may be"),
        N_(
            "The most similar candidate comes first, with how rarely another person scores as high. It is a lead, "
            "not an identification: press Ask an examiner, then Next."
        ),
        "#rank-1, .listed",
        to_open=N_("Open the newest search in the list. Is there none? Go back and press Search."),
    ),
    TourStep(
        "examiner",
        "/cases",
        N_("Compare the prints"),
        N_(
            "An examiner sees the two prints, and neither name nor score. Take the case, mark what agrees, and record "
            "your decision."
        ),
        ".cases",
        to_open=N_(
            "Open the case in the list; one that you took before is under Mine. Is there none? Go back and press "
            "Ask an examiner."
        ),
    ),
    TourStep(
        "second",
        "/cases",
        N_("Give a second opinion"),
        N_(
            "Take the case and decide independently: the first decision is hidden from you. When both examiners "
            "agree, the case closes, and the officer is notified."
        ),
        ".cases",
        to_open=N_(
            "A second examiner decides the same case. Open it in the list. Is there none? Go back and record the first "
            "decision."
        ),
    ),
    TourStep(
        "auditor",
        "/audit",
        N_("Read who did what"),
        N_("The log lists every search, view and decision: by whom, when and for which case. It cannot be changed."),
        ".audit",
    ),
)


def shown_step(stored_step: str, path: str) -> int:
    """Return the number of the step that a page shows, from 1; 0 for none. The result of a search begins the second.

    `stored_step` is the number that the browser keeps.
    """
    number = int(stored_step) if stored_step in {str(step) for step in range(1, len(STEPS) + 1)} else 0
    return 2 if number == 1 and STEPS[1].text_at(path) else number
