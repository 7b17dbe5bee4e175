// The tour of the demo: on each page a bubble says what to do next, and fills in what only a form's button is missing. Escape leaves it.

import { byId, create, query } from "../lib/dom.js";

// Where Escape means something else. On the workbench it ends what is being drawn: there it leaves the tour from the bubble only.
const OWN_ESCAPE = "dialog, details[open], [role=dialog], input, select, textarea, [data-theme=examiner] main";

const address = query(document, "script[data-tour]", HTMLScriptElement).dataset.tour ?? "";
const answer = await fetch(`${address}?at=${encodeURIComponent(location.pathname)}`);
if (answer.status === 200) await show(await answer.text());

/** @param {string} html the bubble, as the service wrote it */
async function show(html) {
  const template = create("template");
  template.innerHTML = html;
  const bubble = query(template.content, "aside");
  const place = create("div");
  place.setAttribute("aria-live", "polite"); // a screen reader says it, wherever the focus is
  byId("main").before(place); // Tab leads to it before it leads to the page
  place.append(bubble);
  document.querySelector(bubble.dataset.target ?? "")?.classList.add("tour-target");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !(event.target instanceof Element)) return;
    if (bubble.contains(event.target) || !event.target.closest(OWN_ESCAPE))
      query(bubble, "[data-leave]", HTMLFormElement).submit();
  });
  const { file, values = "{}" } = bubble.dataset;
  const field = document.getElementById("files");
  if (!file || !(field instanceof HTMLInputElement)) return;
  for (const [name, value] of Object.entries(JSON.parse(values))) fill(field.form, name, value);
  await choose(field, file);
}

/**
 * @param {HTMLFormElement | null} form
 * @param {string} name
 * @param {string} value
 */
function fill(form, name, value) {
  const field = form?.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
  field.value = value;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
}

/**
 * Puts a file of the demo into a field, as if the visitor had chosen it.
 *
 * @param {HTMLInputElement} field
 * @param {string} path
 */
async function choose(field, path) {
  const content = await (await fetch(path)).blob();
  const chosen = new DataTransfer();
  chosen.items.add(new File([content], path.split("/").at(-1) ?? "", { type: content.type }));
  field.files = chosen.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
