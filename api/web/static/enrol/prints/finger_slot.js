// How the place of a finger on the card shows its print, or why there is none.

import { isGone } from "./missing_fingers.js";
import { finger, impression, reason, showWorth, standing } from "../labels.js";
import { _, number } from "../../lib/messages.js";
import { showBlob } from "../../lib/image_preview.js";

const kinds = document.getElementById("enrol").elements.impression;

/** Fills the choice of a place's kind of impression; returns it. */
export function offerImpressions(place) {
  const select = place.querySelector("[data-impression]");
  select.replaceChildren(...kinds.cloneNode(true).options);
  return select;
}

/** Shows a print, if there is one, and why the finger is missing, if it is. */
export function showPlace(place, print, why) {
  const part = (name) => place.querySelector(name);
  part("[data-choose]").textContent = print ? _("Again") : _("Choose");
  part("[data-choose]").parentElement.hidden = isGone(why);
  part("[data-remove]").hidden = !print;
  part("[data-recheck]").hidden = !print || standing(print) !== "unchecked";
  part("[data-missing]").value = why;
  part(".missing").hidden = Boolean(print) && !why;
  part(".kind").hidden = !print;
  if (print) choose(part("[data-impression]"), print.impression);
  place.classList.toggle("poor", Boolean(print) && ["poor", "unusable"].includes(standing(print)));
  if (print) showWorth(print, part(".worth"), part(".faults"));
  else for (const name of [".worth", ".faults"]) part(name).replaceChildren();
  if (print?.ppi) part(".worth").append(` · ${number(print.ppi)}\u00a0ppi`);
  const none = part(".print .none");
  none.textContent = print ? _("cannot be shown here") : why ? reason(why) : _("no print");
  showBlob(part("img"), none, print && (print.shown ?? print.file));
}

/** Says in a sentence what a print is worth. */
export function sentence(print, position) {
  if (standing(print) === "unusable") return _("{finger}: cannot be used.", { finger: finger(position) });
  if (standing(print) === "poor")
    return _("{finger}: too poor, {quality} of 100. Take it again.", {
      finger: finger(position),
      quality: print.quality ?? 0,
    });
  if (standing(print) === "unmeasured")
    return _("{finger}: its quality is not measured.", { finger: finger(position) });
  return _("{finger}: good enough, {quality} of 100.", { finger: finger(position), quality: number(print.quality) });
}

/** Chooses a kind of impression; one that a file says, and nobody takes here, is added to the choice. */
function choose(select, code) {
  if (![...select.options].some((option) => option.value === String(code)))
    select.add(new Option(impression(code), code));
  select.value = code;
}
