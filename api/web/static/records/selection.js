// Acts on the people selected in the list of records: one request each, with a result each.

import { asError, newKey, request } from "../lib/api.js";
import { confirmed } from "../lib/dialogs.js";
import { byId, create, link, queryAll } from "../lib/dom.js";
import { formValues, submitterOf, whileWorking } from "../lib/forms.js";
import { _, number } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";
import { showProblem } from "../lib/problems.js";

const results = byId("selection-results", HTMLOListElement);
const all = byId("select-all", HTMLInputElement);
const boxes = queryAll(document, "[data-encounter]", HTMLInputElement);
const buttons = queryAll(byId("selection"), "button", HTMLButtonElement);

/** @type {Map<string, string>} */
const keys = new Map(); // idempotency keys by act, content and encounter: a repeated act is carried out once

const selected = () => boxes.filter((box) => box.checked);

function showSelected() {
  const count = selected().length;
  byId("selected").textContent = _("Selected: {count}", { count: number(count) });
  all.checked = count === boxes.length;
  for (const button of buttons) button.disabled = !count;
}

/**
 * Carries out an act for each selected person, one after the other, and lists what came of it.
 *
 * @param {HTMLButtonElement} button
 * @param {(box: HTMLInputElement) => Promise<Node>} act returns what to show as its result
 */
const forEachSelected = (button, act) =>
  whileWorking(button, async () => {
    const chosen = selected();
    results.replaceChildren();
    for (const box of chosen) {
      const item = create("li", `${box.dataset.name}: `);
      const result = create("span");
      try {
        result.append(await act(box));
      } catch (error) {
        result.className = "bad";
        showProblem(result, asError(error));
      }
      item.append(result);
      results.append(item);
    }
    results.focus();
  }).then(showSelected);

/** @param {HTMLInputElement} box */
async function makeSlip({ dataset, value }) {
  const path = apiPath(`/records/${value}/encounters/${dataset.encounter}/fingerprint-slip`);
  const { body } = await request("GET", `${path}?language=${document.documentElement.lang}`);
  const file = link(URL.createObjectURL(body), _("Fingerprint slip (PDF)"));
  file.download = `fingerprint-slip-${dataset.number}.pdf`;
  return file;
}

/**
 * @param {HTMLInputElement} box
 * @param {Record<string, any>} order
 */
async function enterHold({ dataset: { encounter = "" } }, order) {
  const attempt = JSON.stringify([encounter, order]);
  if (!keys.has(attempt)) keys.set(attempt, newKey());
  await request("POST", apiPath(`/encounters/${encounter}/retention-orders`), { json: order, key: keys.get(attempt) });
  return document.createTextNode(_("The hold was entered."));
}

all.addEventListener("change", () => {
  for (const box of boxes) box.checked = all.checked;
  showSelected();
});
for (const box of boxes) box.addEventListener("change", showSelected);

for (const button of buttons.filter(({ value }) => value === "slips"))
  button.addEventListener("click", () => forEachSelected(button, makeSlip));
for (const form of queryAll(byId("selection"), "form", HTMLFormElement))
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = submitterOf(event);
    const order = { kind: "hold", ...formValues(form) };
    const question = _("Enter this hold for each of the selected people's arrests or events, as the order says?");
    if (button && (await confirmed(question, button.textContent ?? "")))
      await forEachSelected(button, (box) => enterHold(box, order));
  });

showSelected();
