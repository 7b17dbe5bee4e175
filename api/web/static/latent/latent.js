// The latent desk: a latent is opened, marked, searched with and saved, on the same workbench as a comparison.

import { asError, request } from "../lib/api.js";
import { confirmed } from "../lib/dialogs.js";
import { byId, query, queryAll } from "../lib/dom.js";
import { onFileDrop } from "../lib/files.js";
import { _, number } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";
import { showProblem } from "../lib/problems.js";
import { calibrate, pixelsPerMillimetre } from "../compare/screen_calibration.js";
import { DetachedWindow } from "../compare/detached_window.js";
import { listenToRegions } from "../compare/regions.js";
import { lengthText } from "../viewer/layers.js";
import { clarityNames } from "../viewer/clarity.js";
import { decode } from "../viewer/image_layers.js";
import { CanvasInput } from "./canvas_input.js";
import { LatentKeeper } from "./latent_keeper.js";
import { LatentLayers } from "./latent_layers.js";
import { LatentSearch } from "./latent_search.js";
import { evenDegrees, Markup, rounded } from "./markup.js";
import { Suggestions } from "./suggestions.js";
import { Viewport } from "./viewport.js";

const INCH = 25.4; // millimetres
const TURN = 5; // degrees that a key turns the image by
const TOOLS = ["move", "mark", "region", "measure"];
/** @type {Record<string, string>} */
const KEYS = {
  "v": "move",
  "m": "mark",
  "a": "region",
  "r": "measure",
  "+": "closer",
  "=": "closer",
  "-": "further",
  "0": "fit",
  "1": "life",
  "[": "left",
  "]": "right",
  "c": "display",
  "d": "suggest",
  "w": "window",
};
/** @type {Record<string, string>} */
const SWITCH_KEYS = { z: "loupe", i: "invert", q: "clarity", e: "enhanced", g: "grid" };

const bench = byId("bench");
const fileInput = byId("latent-file", HTMLInputElement);
const ppiInput = byId("ppi", HTMLInputElement);
const positionSelect = byId("position", HTMLSelectElement);
const typeSelect = byId("kind", HTMLSelectElement);
const directionInput = byId("direction", HTMLInputElement);
const qualityInput = byId("quality", HTMLInputElement);
const problemText = byId("open-problem");
const whereText = byId("where");
const sizeText = query(bench, "[data-size]");
const settings = queryAll(bench, "[data-set]", HTMLInputElement);
const toolButtons = queryAll(bench, "[data-do]").filter(({ dataset }) => TOOLS.includes(dataset.do ?? ""));
const displayMenu = query(bench, ".display", HTMLDetailsElement);

const markup = new Markup(() => {
  update();
  keeper.changed();
});
const view = new Viewport(byId("canvas", HTMLCanvasElement), () => draw());
const input = new CanvasInput(view, markup, () => update());
const layers = new LatentLayers(view, () => draw());
/** @type {File | null} */
let chosen = null; // the file that was opened
/** @type {File | null} */
let image = null; // the file that is searched with
let saved = markup.state; // when it was opened, saved or searched with
const suggestions = new Suggestions(markup, () =>
  hasResolution() && image ? { image, ppi: ppi(), position: positionSelect.value } : null,
);
const search = new LatentSearch({
  hasResolution,
  content: () => (image && view.image ? { image, bitmap: view.image, ppi: ppi(), markup } : null),
  onStored: () => {
    saved = markup.state;
    keeper.changed();
  },
});
const keeper = new LatentKeeper(workOf, (error) => {
  const text = _("This browser cannot store the marks. Save them or search with them before you leave the page.");
  showProblem(problemText, asError(error));
  problemText.prepend(`${text} `);
});
const second = new DetachedWindow(
  bench,
  (host) => listenTo(host),
  () => view.resize(),
);

byId("open").addEventListener("submit", (event) => event.preventDefault());
fileInput.addEventListener("change", () => open(fileInput.files?.[0]));
onFileDrop(byId("open"), ([file]) => open(file));
window.addEventListener("beforeunload", (event) => !isSaved() && !keeper.isStored && event.preventDefault());

const isSaved = () => markup.minutiae === saved.minutiae && markup.state.region === saved.region;
const ppi = () => Number(ppiInput.value);

/** Continues the latent that the address names, or offers those whose marks are not saved. */
async function resume() {
  /** @param {import("../storage/latent_work.js").LatentWork} work */
  const reopen = (work) => {
    ppiInput.value = work.ppi;
    return open(work.file);
  };
  try {
    const work = await keeper.findNamed();
    if (work) await reopen(work);
    else await keeper.offerUnsaved(reopen);
  } catch (error) {
    showProblem(problemText, asError(error));
  }
}

function workOf() {
  const { minutiae, region } = markup.state;
  const file = /** @type {File} */ (chosen); // the keeper asks only while a latent is open
  const work = { file, ppi: ppiInput.value.trim(), position: positionSelect.value, minutiae, region };
  return { work, isUnsaved: !isSaved() };
}

/** @param {File | undefined} file */
async function open(file) {
  const question = _("Your marks have not been saved or searched with. Open another latent anyway?");
  await keeper.writing;
  if (!file) return;
  if (!isSaved() && !keeper.isStored && !(await confirmed(question, _("Open another latent")))) return;
  problemText.textContent = "";
  try {
    const { digest, work, isUnsaved } = await keeper.find(file);
    if (work) ppiInput.value ||= work.ppi;
    const content = new FormData();
    content.append("file", file, file.name);
    if (ppiInput.value.trim()) content.append("ppi", ppiInput.value.trim());
    /** @type {{ body: Api.LatentOut }} */
    const { body } = await request("POST", apiPath("/latents/readings"), { form: content });
    if (!body.rendering)
      throw new Error(_("The file holds minutiae without their image. Open the image, or a file with both."));
    const bitmap = await createImageBitmap(new Blob([decode(body.rendering)], { type: "image/png" }));
    keeper.stop();
    start(body, bitmap, body.original ? new File([decode(body.original)], `${file.name}.image`) : file);
    if (work) restore(work, isUnsaved);
    chosen = file;
    keeper.start(digest);
    byId("file-name").textContent = file.name;
    byId("restored").textContent = work?.minutiae.length || work?.region ? _("Your earlier marks are restored.") : "";
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
  bench.classList.remove("is-empty");
  for (const id of ["rail", "desk", "markup", "latent-search", "save"]) byId(id).hidden = false;
  input.corners = [];
  search.clear();
  view.show(bitmap);
  markup.start({ minutiae: latent.minutiae.map(rounded), region: latent.region });
  saved = markup.state;
  loadLayers();
  (latent.ppi ? view.canvas : ppiInput).focus();
}

/**
 * Shows the marks that were made on the latent before; undo takes them away.
 *
 * @param {import("../storage/latent_work.js").LatentWork} work
 * @param {boolean} isUnsaved
 */
function restore({ minutiae, region, position }, isUnsaved) {
  positionSelect.value = position;
  markup.change({ minutiae, region });
  if (!isUnsaved) saved = markup.state;
}

/** Loads the layers once the resolution is known: the map is of places on the finger. */
function loadLayers() {
  view.ppi = ppi() > 0 ? ppi() : null;
  layers.load(image, view.ppi);
  draw();
}

function draw() {
  const { state, shown, selectedIndex } = markup;
  view.draw({ ...state, suggestions: shown }, selectedIndex, input.corners, layers.region);
  showSize();
}

/** Shows how large the latent is shown, and how clear it is at the pointer. */
function showSize() {
  if (!view.image) return;
  const parts = [];
  if (view.ppi) {
    const times = (view.zoom * view.ppi) / INCH / pixelsPerMillimetre();
    parts.push(_("{times} times life size", { times: number(times, 1) }), `${number(view.ppi)} ppi`);
  }
  if (view.turn) parts.push(_("turned {degrees}°", { degrees: number(view.turn) }));
  if (view.ruler) parts.push(lengthText(view.ruler, view.ppi));
  const at = view.pointer && view.toImage(view.pointer);
  const level = at && view.clarity ? view.clarity.levelAt([at.x, at.y]) : 0;
  if (level) parts.push(_("cursor at: {clarity}", { clarity: clarityNames()[level] }));
  sizeText.textContent = parts.join(" · ");
}

/** Draws the latent, and shows the selected minutia in the fields of the panel. */
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
  suggestions.show();
  layers.showRegion(markup.state.region, view.ppi);
  whereText.textContent = [
    selected
      ? _("Minutia {number} of {count}: {kind}, {direction} degrees, at {x}, {y}.", {
          ...selected,
          number: selectedIndex + 1,
          count: minutiae.length,
          kind: typeSelect.selectedOptions[0].textContent,
        })
      : _("Minutiae: {count}.", { count: minutiae.length }),
    selected?.placed_by === "software" ? _("Suggested by the software, accepted by you.") : "",
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
ppiInput.addEventListener("change", () => {
  if (image && ppi() !== view.ppi) loadLayers();
  keeper.changed();
});
positionSelect.addEventListener("change", () => keeper.changed());

/** @param {string} tool */
function choose(tool) {
  input.tool = tool;
  for (const button of toolButtons) button.setAttribute("aria-pressed", String(button.dataset.do === tool));
  view.canvas.focus();
}

/** @param {number} degrees */
function turn(degrees) {
  view.turn = (view.turn + degrees) % 360;
}

/** Applies the switches and sliders of the rail to the view. */
function applySettings() {
  /** @param {string} name */
  const control = (name) => settings.find(({ dataset }) => dataset.set === name);
  view.contrast = Number(control("contrast")?.value);
  view.brightness = Number(control("brightness")?.value);
  view.isInverted = control("invert")?.checked ?? false;
  view.showsGrid = control("grid")?.checked ?? false;
  view.showsLoupe = control("loupe")?.checked ?? false;
  layers.apply(control("clarity")?.checked ?? false, control("enhanced")?.checked ?? false);
  draw();
}

/** @type {Record<string, () => unknown>} */
const ACTIONS = {
  ...Object.fromEntries(TOOLS.map((tool) => [tool, () => choose(tool)])),
  "close": () => input.closeRegion(),
  "clear": () => markup.setRegion(null),
  "accept-region": () => layers.region && markup.setRegion(layers.region),
  "remove": () => markup.remove(),
  "suggest": () => suggestions.request().then(() => view.canvas.focus()),
  "take": () => markup.acceptShown(),
  "dismiss": () => markup.dismissAll(),
  "undo": () => markup.undo(),
  "redo": () => markup.redo(),
  "fit": () => view.fit(),
  "life": () => view.ppi && (view.zoom = (pixelsPerMillimetre() * INCH) / view.ppi),
  "closer": () => view.enlarge(1.25),
  "further": () => view.enlarge(0.8),
  "left": () => turn(-TURN),
  "right": () => turn(TURN),
  "display": () => (displayMenu.open = !displayMenu.open),
  "calibrate": () => calibrate(),
  "window": () => {
    if (!second.toggle())
      problemText.textContent = _("The browser blocked the second window. Allow it for this address.");
  },
};

/** @param {string} name */
async function act(name) {
  const host = second.hosts.find((element) => element.querySelector(`[data-do="${name}"]`)) ?? bench;
  const button = host.querySelector(`[data-do="${name}"]`); // some actions have a key only
  button?.classList.add("working");
  try {
    await ACTIONS[name]();
  } finally {
    button?.classList.remove("working");
  }
  update();
}

/**
 * Handles the events of a part of the workbench: of the page, or of the second window.
 *
 * @param {HTMLElement} host
 */
function listenTo(host) {
  listenToRegions(host);
  host.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("[data-do]");
    const name = button?.getAttribute("data-do");
    if (name) act(name);
  });
  host.addEventListener("input", ({ target }) => {
    if (/** @type {Element} */ (target).closest("[data-set]")) applySettings();
  });
  host.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") search.submit();
    if (event.target !== view.canvas || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.toLowerCase();
    const control = SWITCH_KEYS[key] && settings.find(({ dataset }) => dataset.set === SWITCH_KEYS[key]);
    if (!control && !KEYS[key]) return;
    event.preventDefault();
    if (control) control.click();
    else act(KEYS[key]);
  });
}
listenTo(bench);
resume();

function hasResolution() {
  const has = ppi() > 0;
  problemText.textContent = has ? "" : _("Enter the resolution of the image first.");
  if (!has) ppiInput.focus();
  return has;
}
