// The latent desk: a latent is opened, marked, searched with and saved.

import { asError, newKey, request } from "../lib/api.js";
import { confirmed } from "../lib/dialogs.js";
import { byId, link, query, queryAll } from "../lib/dom.js";
import { onFileDrop } from "../lib/file_drop.js";
import { clearFormProblem, fieldNamed, firstInvalid, showFormProblem } from "../lib/forms.js";
import { _ } from "../lib/messages.js";
import { apiPath, pagePath } from "../lib/paths.js";
import { showProblem } from "../lib/problems.js";
import { runTask, wasCancelled } from "../lib/tasks.js";
import { formData, searchFields, withProgress } from "../search/search_form.js";
import { saveSearchFiles } from "../storage/search_files.js";
import { CanvasInput } from "./canvas_input.js";
import { evenDegrees, Markup, rounded } from "./markup.js";
import { Viewport } from "./viewport.js";

/** @typedef {import("../storage/search_files.js").FormField} FormField */

const form = byId("latent-search", HTMLFormElement);
const fileInput = byId("latent-file", HTMLInputElement);
const ppiInput = byId("ppi", HTMLInputElement);
const positionSelect = byId("position", HTMLSelectElement);
const typeSelect = byId("kind", HTMLSelectElement);
const directionInput = byId("direction", HTMLInputElement);
const qualityInput = byId("quality", HTMLInputElement);
const problemText = byId("open-problem");
const markup = new Markup(() => update());
const view = new Viewport(byId("canvas", HTMLCanvasElement), () => draw());
const input = new CanvasInput(view, markup, () => update());
/** @type {File | null} */
let image = null; // the file that is searched with
let saved = markup.state; // when it was opened, saved or searched with

byId("open").addEventListener("submit", (event) => event.preventDefault());
fileInput.addEventListener("change", () => open(fileInput.files?.[0]));
onFileDrop(byId("open"), ([file]) => open(file));
window.addEventListener("beforeunload", (event) => !isSaved() && event.preventDefault());

const isSaved = () => markup.minutiae === saved.minutiae && markup.state.region === saved.region;

/** @param {File | undefined} file */
async function open(file) {
  const question = _("Your marks have not been saved or searched with. Open another latent anyway?");
  if (!file || (!isSaved() && !(await confirmed(question)))) return;
  problemText.textContent = "";
  const content = new FormData();
  content.append("file", file, file.name);
  if (ppiInput.value.trim()) content.append("ppi", ppiInput.value.trim());
  try {
    /** @type {{ body: Api.LatentOut }} */
    const { body } = await request("POST", apiPath("/latents/readings"), { form: content });
    if (!body.rendering)
      throw new Error(_("The file holds minutiae without their image. Open the image, or a file with both."));
    const bitmap = await createImageBitmap(new Blob([decode(body.rendering)], { type: "image/png" }));
    start(body, bitmap, body.original ? new File([decode(body.original)], `${file.name}.image`) : file);
  } catch (error) {
    showProblem(problemText, asError(error));
    fileInput.focus();
  }
}

/**
 * Starts work on a latent.
 *
 * @param {Api.LatentOut} latent
 * @param {ImageBitmap} bitmap
 * @param {File} file
 */
function start(latent, bitmap, file) {
  image = file;
  ppiInput.value = latent.ppi ? String(Math.round(latent.ppi)) : "";
  if (!latent.ppi)
    problemText.textContent = _("The file does not state its resolution. Enter it: sizes are compared by it.");
  positionSelect.value = String(latent.position);
  byId("desk").hidden = form.hidden = false;
  input.corners = [];
  view.show(bitmap);
  markup.start({ minutiae: latent.minutiae.map(rounded), region: latent.region });
  saved = markup.state;
  (latent.ppi ? view.canvas : ppiInput).focus();
}

/** @param {string} base64 */
const decode = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

function draw() {
  view.draw(markup.state, markup.selectedIndex, input.corners);
}

/** Draws the latent, and shows the selected minutia in the fields next to it. */
function update() {
  if (!view.image) return;
  draw();
  const { selected, minutiae, selectedIndex } = markup;
  byId("one", HTMLFieldSetElement).disabled = !selected;
  if (selected) {
    typeSelect.value = selected.type;
    directionInput.value = String(selected.direction);
    qualityInput.value = String(selected.quality);
  }
  const { suggestions } = markup.state;
  byId("ghosts").textContent = suggestions.length
    ? _("Suggestions: {count}", { count: suggestions.length })
    : _("None.");
  byId("where").textContent = [
    selected
      ? _("Minutia {number} of {count}: {kind}, {direction} degrees, at {x}, {y}.", {
          ...selected,
          number: selectedIndex + 1,
          count: minutiae.length,
          kind: typeSelect.selectedOptions[0].textContent,
        })
      : _("Minutiae: {count}.", { count: minutiae.length }),
    _("Cursor at {x}, {y}.", view.cursor),
    input.corners.length ? _("Corners of the region: {count}.", { count: input.corners.length }) : "",
  ].join(" ");
}

typeSelect.addEventListener("change", () =>
  markup.set({ type: /** @type {Api.MinutiaOut["type"]} */ (typeSelect.value) }),
);
directionInput.addEventListener("change", () => markup.set({ direction: evenDegrees(Number(directionInput.value)) }));
qualityInput.addEventListener("change", () =>
  markup.set({ quality: Math.min(100, Math.max(1, Math.round(Number(qualityInput.value)))) }),
);
const turnInput = byId("turned", HTMLInputElement);
const contrastInput = byId("contrast", HTMLInputElement);
const invertInput = byId("invert", HTMLInputElement);
for (const control of [turnInput, contrastInput, invertInput]) {
  control.addEventListener("input", () => {
    view.turn = turnInput.valueAsNumber;
    view.contrast = contrastInput.valueAsNumber;
    view.isInverted = invertInput.checked;
    draw();
  });
}
for (const radio of queryAll(document, "[name=tool]", HTMLInputElement)) {
  radio.addEventListener("change", () => (input.tool = radio.value));
}

/** @type {Record<string, () => unknown>} */
const ACTIONS = {
  close: () => input.closeRegion(),
  clear: () => markup.setRegion(null),
  remove: () => markup.remove(),
  suggest,
  take: () => markup.acceptAll(),
  dismiss: () => markup.dismissAll(),
  undo: () => markup.undo(),
  redo: () => markup.redo(),
  fit: () => view.fit(),
  in: () => view.enlarge(1.25),
  out: () => view.enlarge(0.8),
};
for (const button of queryAll(document, "[data-do]")) {
  button.addEventListener("click", async () => {
    button.classList.add("working");
    await ACTIONS[button.dataset.do ?? ""]();
    button.classList.remove("working");
    update();
  });
}

async function suggest() {
  if (!hasResolution() || !image) return;
  /** @type {FormField[]} */
  const fields = [
    ["image", image],
    ["ppi", ppiInput.value.trim()],
  ];
  if (markup.state.region) fields.push(["region", JSON.stringify(markup.state.region)]);
  try {
    /** @type {{ body: Api.MinutiaeOut }} */
    const { body } = await request("POST", apiPath("/latents/minutiae"), { form: formData(fields), key: newKey() });
    markup.suggest(body.minutiae.map(rounded));
    view.canvas.focus();
  } catch (error) {
    showProblem(problemText, asError(error));
    problemText.scrollIntoView({ block: "nearest" });
  }
}

function hasResolution() {
  const has = Number(ppiInput.value) > 0;
  problemText.textContent = has ? "" : _("Enter the resolution of the image first.");
  if (!has) ppiInput.focus();
  return has;
}

/**
 * Returns the markup as a file of the service's own format.
 *
 * @param {ImageBitmap} bitmap
 */
function markupFile({ width, height }) {
  const { region } = markup.state;
  const content = {
    format: "pehchan-minutiae",
    version: 1,
    width,
    height,
    ppi: Number(ppiInput.value),
    position: Number(positionSelect.value),
    minutiae: markup.minutiae,
    ...(region ? { region } : {}),
  };
  return new File([JSON.stringify(content)], "marked.json", { type: "application/json" });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearFormProblem(form);
  if (!hasResolution()) return;
  const invalid = firstInvalid(form);
  if (invalid) {
    invalid.reportValidity();
    return;
  }
  try {
    await withProgress(form, search);
  } catch (error) {
    if (wasCancelled(error)) query(form, "button.main").focus();
    else showFormProblem(form, asError(error));
  }
});

/**
 * @param {(text: string) => void} onProgress
 * @param {AbortSignal} signal
 */
async function search(onProgress, signal) {
  if (!image || !view.image) return;
  const file = markupFile(view.image);
  /** @type {FormField[]} */
  const fields = [...searchFields(form), ["marked", file], ["image", image]];
  /** @type {{ body: Api.SearchOut }} */
  const { body } = await runTask(apiPath("/identify/latent"), { form: formData(fields) }, onProgress, signal);
  await saveSearchFiles(body.id, fieldNamed(form, "case_number").value, [
    ["unknown_finger", image],
    ["marked", file],
    ["ppi", ppiInput.value.trim()],
  ]);
  saved = markup.state;
  location.assign(pagePath(`/searches/${body.id}`));
}

byId("save").addEventListener("click", async () => {
  clearFormProblem(form);
  const caseNumber = fieldNamed(form, "case_number");
  if (!hasResolution() || !caseNumber.reportValidity() || !image || !view.image) return;
  /** @type {FormField[]} */
  const fields = [
    ["marked", markupFile(view.image)],
    ["image", image],
    ["case_number", caseNumber.value.trim()],
  ];
  try {
    const { body } = await request("POST", apiPath("/latents/files"), { form: formData(fields), key: newKey() });
    const download = link(URL.createObjectURL(body), "");
    download.download = "latent.an2";
    download.click();
    saved = markup.state;
  } catch (error) {
    showFormProblem(form, asError(error));
  }
});
