"""The instructions to the witness of a photo line-up, what it is in law, and its words for pages and papers."""

from __future__ import annotations

from typing import Final

from api.localisation.translatable import N_
from biometrics.lineups.model import Band, Choice, LineupState, Presentation

# After the US Department of Justice's procedures of 2017 and PACE Code D, Annex E; not a word of it may be left out.
INSTRUCTIONS: Final = (
    N_("You will be shown photos of six people."),
    N_("The person whom you saw may or may not be among them."),
    N_("Do not feel that you must choose somebody. The investigation goes on whether you choose somebody or not."),
    N_("Clearing an innocent person is as important as finding the right one."),
    N_("Hair, beard and glasses can change, and photos do not always show the true complexion. Marks may not be seen."),
    N_(
        "I do not know who the suspect is, or in which order the photos come. I cannot help you, and "
        "cannot tell you whether you are right."
    ),
    N_("Take as much time as you need. Say in your own words what you recognise, and how sure you are."),
    N_("Please do not speak to other witnesses about this."),
)
ONE_BY_ONE: Final = N_(
    "The photos come one after the other. Answer about each before the next one; you see all of "
    "them, also after you have chosen. If you ask for it, you can see all of them once more."
)
ALL_AT_ONCE: Final = N_(
    "All photos are shown at once, with numbers. Name the number of a photo, or say that it is none of them."
)

NO_PARADE: Final = N_(
    "This photo line-up is an aid to the investigation. It is not a test identification parade, "
    "which a magistrate holds under section 54 of the BNSS, and not evidence of identity by itself."
)
BEFORE_A_PARADE: Final = N_(
    "Do not show a suspect's photo to a witness who is to attend a test identification parade: "
    "courts reject the parade of a witness who has seen the suspect or a photo before."
)
UNSIGNED: Final = N_("The witness does not sign: what a witness says to the police is not signed (BNSS, section 181).")

STATES: Final = {
    LineupState.DRAFT: N_("Draft"),
    LineupState.READY: N_("Ready to show"),
    LineupState.CLOSED: N_("Closed"),
}
PRESENTATIONS: Final = {
    Presentation.SEQUENTIAL: N_("One photo after the other"),
    Presentation.SIMULTANEOUS: N_("All photos at once"),
}
CHOICES: Final = {
    Choice.YES: N_("This is the person"),
    Choice.NO: N_("This is not the person"),
    Choice.UNSURE: N_("Not sure"),
}
BANDS: Final = {
    Band.NEAR: N_("among the most similar quarter of those who fit"),
    Band.MIDDLE: N_("moderately alike"),
    Band.FAR: N_("among the least similar quarter of those who fit"),
}
STANDS_OUT: Final = {
    "build": N_("Only the suspect has this build."),
    "complexion": N_("Only the suspect has this complexion."),
    "hair": N_("Only the suspect has this hair."),
    "eyes": N_("Only the suspect has this colour of eyes."),
    "facial_hair": N_("Only the suspect has this beard, moustache or shave."),
    "glasses": N_("Only the suspect wears glasses, or only the suspect wears none."),
    "headgear": N_("Only the suspect wears this on the head."),
    "marks": N_(
        "Only the suspect has a mark on face or neck: replace fillers, or show no photo in which it can be seen."
    ),
    "grey_photo": N_("Only the suspect's photo is grey, or only it is in colour: make the line-up in greyscale."),
    "brightness": N_("The suspect's photo is much lighter or darker than all others: replace fillers."),
    "narrow_photo": N_("Only the suspect's photo is cut off at an edge: replace fillers, or take another photo."),
    "unlike_fillers": N_("All fillers are among the least alike: replace some."),
}
