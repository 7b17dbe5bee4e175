// The page of one record: images when they are asked for, and whether a print or photo is of this person.

import { ask } from "../lib/api.js";
import { complain, settle } from "../lib/forms.js";
import { _, number } from "../lib/messages.js";

for (const button of document.querySelectorAll("[data-show-images]")) {
  button.addEventListener("click", () => {
    for (const place of button.closest("article").querySelectorAll("[data-image]")) show(place);
    button.closest("p").hidden = true;
    button.closest("article").querySelector("[data-image]")?.focus();
  });
}

/** Puts the image in its place; the place stays a link to all of it. */
function show(place) {
  const image = document.createElement("img");
  image.src = place.dataset.image;
  image.alt = place.dataset.alt;
  image.loading = "lazy";
  place.replaceChildren(image);
}

document.getElementById("verify-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const told = document.getElementById("verified");
  const sent = new FormData();
  sent.append("record_id", form.dataset.record);
  sent.append(form.elements.field.value, form.elements.file.files[0]);
  settle(form);
  told.replaceChildren();
  event.submitter.disabled = true;
  event.submitter.classList.add("working");
  try {
    const { body } = await ask("POST", "/api/v1/verify", { form: sent });
    tell(told, body);
  } catch (problem) {
    complain(form, problem);
  } finally {
    event.submitter.disabled = false;
    event.submitter.classList.remove("working");
  }
});

const RAREST = 1e9; // beyond, digits are hard to count

function tell(place, { match, score, threshold, target_fmr }) {
  const of = Math.min(Math.max(1, 10 ** (score.decibans / 10)), RAREST);
  const values = {
    score: number(score.decibans, 1),
    of: number(Number(of.toPrecision(2))),
    threshold: number(threshold, 1),
    rate: number(Math.round(1 / target_fmr)),
  };
  const lines = [
    match
      ? _("Yes: it agrees with this person's samples.")
      : _("No: it does not agree well enough with this person's samples."),
    of < RAREST
      ? _("Score: {score} decibans. Of {of} comparisons with other people's samples, one scores so high.", values)
      : _(
          "Score: {score} decibans. Of {of} comparisons with other people's samples, not one is expected to score so high.",
          values,
        ),
    _(
      "From {threshold} decibans on the answer is yes: one of {rate} other people would pass. An examiner decides.",
      values,
    ),
  ];
  if (score.extrapolated) lines.push(_("So high a score is beyond what was measured: it is an estimate."));
  const box = document.createElement("div");
  box.className = match ? "notice" : "warning";
  lines.forEach((line, at) => {
    const paragraph = document.createElement(at ? "p" : "b");
    paragraph.textContent = line;
    box.append(paragraph);
  });
  place.replaceChildren(box);
  place.focus();
}
