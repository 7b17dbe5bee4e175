// The page of one record: which tab is shown, images on demand, and verifying whether a print or photo is of this person.

import { asError, request } from "../lib/api.js";
import { byId, create, queryAll } from "../lib/dom.js";
import { clearFormProblem, fieldNamed, showFormProblem, submitterOf, whileWorking } from "../lib/forms.js";
import { _, number } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";
import { strengthText } from "../lib/strength.js";
import { verdictText } from "../verify/verdict.js";

addEventListener("hashchange", markTab);
markTab();

/** Says which tab is shown; the styles show it, by the address, which `:target` follows only when all is parsed. */
function markTab() {
  const sections = ".tabbed > section";
  const shown = document.getElementById(location.hash.slice(1))?.closest(sections) ?? document.querySelector(sections);
  for (const tab of queryAll(document, ".tabs a", HTMLAnchorElement)) {
    const part = document.getElementById(tab.hash.slice(1))?.closest(sections);
    if (part && part === shown) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

for (const button of queryAll(document, "[data-show-images]")) {
  button.addEventListener("click", () => {
    const article = button.closest("article");
    if (!article) return;
    const links = queryAll(article, "[data-image]");
    for (const link of links) showImage(link);
    const paragraph = button.closest("p");
    if (paragraph) paragraph.hidden = true;
    links.at(0)?.focus();
  });
}

/**
 * Shows an image inside its link.
 *
 * @param {HTMLElement} link
 */
function showImage(link) {
  const image = document.createElement("img");
  image.src = link.dataset.image ?? "";
  image.alt = link.dataset.alt ?? "";
  link.replaceChildren(image);
}

const verifyForm = document.getElementById("verify-form");
if (verifyForm instanceof HTMLFormElement) verifyForm.addEventListener("submit", (event) => verify(verifyForm, event));

/**
 * Compares the chosen file with the record, and shows the result.
 *
 * @param {HTMLFormElement} form
 * @param {SubmitEvent} event
 */
async function verify(form, event) {
  event.preventDefault();
  const submitter = submitterOf(event);
  const input = fieldNamed(form, "file");
  const file = input instanceof HTMLInputElement && input.files?.[0];
  if (!submitter || !file) return;
  const output = byId("verified");
  const content = new FormData();
  content.append("record_id", form.dataset.record ?? "");
  for (const name of ["purpose", "case_number"]) content.append(name, fieldNamed(form, name).value);
  content.append(fieldNamed(form, "field").value, file);
  clearFormProblem(form);
  output.replaceChildren();
  await whileWorking(submitter, async () => {
    try {
      showVerification(output, (await request("POST", apiPath("/verify"), { form: content })).body);
    } catch (error) {
      showFormProblem(form, asError(error));
    }
  });
}

/**
 * @param {HTMLElement} output
 * @param {Api.VerificationOut} verification
 */
function showVerification(output, { match, score, target_fmr: targetFmr }) {
  const lines = [
    strengthText(score),
    _("The threshold is set so that 1 in {rate} other people would pass. An examiner decides.", {
      rate: number(Math.round(1 / targetFmr)),
    }),
  ];
  const box = create("div", "", match ? "notice" : "warning");
  box.append(create("b", verdictText(match)), ...lines.map((line) => create("p", line)));
  output.replaceChildren(box);
  output.focus();
}
