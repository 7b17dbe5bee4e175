// The latent desk: a latent is opened, marked, searched with and saved.

import { ask, newKey } from "../lib/api.js";
import { complain, confirmed, faultOf, settle } from "../lib/forms.js";
import { keepFiles } from "../storage/search_files.js";
import { Hand } from "./canvas_input.js";
import { evenDegrees, kept, Marks } from "./markup.js";
import { View } from "./viewport.js";
import { _ } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";
import { takeDropped } from "../lib/file_drop.js";
import { formData, progressing, searchFields } from "../search/search_form.js";
import { askLater, wasCancelled } from "../lib/tasks.js";

const element = (id) => document.getElementById(id);
const form = element("latent-search");
const ppi = element("ppi");
const told = element("open-problem");
const view = new View(element("canvas"));
const marks = new Marks(() => show());
const hand = new Hand(view, marks, () => show());
let image = null; // the file that is searched with
let saved = null; // what was marked when it was opened, saved or searched with

view.redraw = () => draw();
element("open").addEventListener("submit", (event) => event.preventDefault());
element("latent-file").addEventListener("change", (event) => open(event.target.files[0]));
takeDropped(element("open"), (files) => open(files[0]));
window.addEventListener("beforeunload", (event) => !isSaved() && event.preventDefault());

const isSaved = () => !saved || (marks.minutiae === saved.minutiae && marks.state.region === saved.region);

async function open(file) {
  if (
    !file ||
    (!isSaved() &&
      !(await confirmed(_("What is marked was neither saved nor searched with. Open another latent all the same?"))))
  )
    return;
  told.textContent = "";
  const sent = new FormData();
  sent.append("file", file, file.name);
  if (ppi.value.trim()) sent.append("ppi", ppi.value.trim());
  try {
    const { body } = await ask("POST", "/api/v1/latents/readings", { form: sent });
    if (!body.rendering)
      throw new Error(_("The file holds minutiae without their image. Open the image, or a file with both."));
    await begin(body, body.original ? new File([bytes(body.original)], `${file.name}.image`) : file);
  } catch (problem) {
    showProblem(told, problem);
    element("latent-file").focus();
  }
}

async function begin(latent, file) {
  const picture = await createImageBitmap(new Blob([bytes(latent.rendering)], { type: "image/png" }));
  image = file;
  ppi.value = latent.ppi ? Math.round(latent.ppi) : "";
  if (!latent.ppi)
    told.textContent = _("The file does not tell its resolution. Enter it: it decides on what is as large as what.");
  element("position").value = latent.position;
  element("desk").hidden = form.hidden = false;
  hand.corners = [];
  view.show(picture);
  marks.start({ minutiae: latent.minutiae.map(kept), region: latent.region });
  saved = marks.state;
  (latent.ppi ? view.canvas : ppi).focus();
}

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function draw() {
  if (view.picture) view.draw(marks.state, marks.selected, hand.corners);
}

/** Draws, and says in the fields beside the picture what is chosen. */
function show() {
  if (!view.picture) return;
  draw();
  const { chosen, minutiae, selected } = marks;
  element("one").disabled = !chosen;
  if (chosen) {
    element("kind").value = chosen.type;
    element("direction").value = chosen.direction;
    element("quality").value = chosen.quality;
  }
  const { ghosts } = marks.state;
  element("ghosts").textContent = ghosts.length ? _("Suggestions: {count}", { count: ghosts.length }) : _("None.");
  element("where").textContent = [
    chosen
      ? _("Minutia {number} of {count}: {kind}, {direction} degrees, at {x}, {y}.", {
          ...chosen,
          number: selected + 1,
          count: minutiae.length,
          kind: element("kind").selectedOptions[0].textContent,
        })
      : _("Minutiae: {count}.", { count: minutiae.length }),
    _("Cursor at {x}, {y}.", view.cursor),
    hand.corners.length ? _("Corners of the region: {count}.", { count: hand.corners.length }) : "",
  ].join(" ");
}

element("kind").addEventListener("change", (event) => marks.set({ type: event.target.value }));
element("direction").addEventListener("change", (event) =>
  marks.set({ direction: evenDegrees(Number(event.target.value)) }),
);
element("quality").addEventListener("change", (event) =>
  marks.set({ quality: Math.min(100, Math.max(1, Math.round(Number(event.target.value)))) }),
);
for (const [id, name, value] of [
  ["turned", "turned", "valueAsNumber"],
  ["contrast", "contrast", "valueAsNumber"],
  ["invert", "inverted", "checked"],
]) {
  element(id).addEventListener("input", (event) => {
    view[name] = event.target[value];
    draw();
  });
}
for (const radio of document.querySelectorAll("[name=tool]")) {
  radio.addEventListener("change", () => (hand.tool = radio.value));
}

const DO = {
  close: () => hand.close(),
  clear: () => marks.setRegion(null),
  remove: () => marks.remove(),
  suggest,
  take: () => marks.takeAll(),
  dismiss: () => marks.dismiss(),
  undo: () => marks.undo(),
  redo: () => marks.redo(),
  fit: () => view.fit(),
  in: () => view.enlarge(1.25),
  out: () => view.enlarge(0.8),
};
for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", async () => {
    button.classList.add("working");
    await DO[button.dataset.do]();
    button.classList.remove("working");
    show();
  });
}

async function suggest() {
  if (!hasResolution()) return;
  const fields = [
    ["image", image],
    ["ppi", ppi.value.trim()],
  ];
  if (marks.state.region) fields.push(["region", JSON.stringify(marks.state.region)]);
  try {
    const { body } = await ask("POST", "/api/v1/latents/minutiae", { form: formData(fields), key: newKey() });
    marks.suggest(body.minutiae.map(kept));
    view.canvas.focus();
  } catch (problem) {
    showProblem(told, problem);
    told.scrollIntoView({ block: "nearest" });
  }
}

function hasResolution() {
  const has = Number(ppi.value) > 0;
  told.textContent = has ? "" : _("Enter the resolution of the image first.");
  if (!has) ppi.focus();
  return has;
}

/** Returns what is marked as the service's own file of it. */
function marked() {
  const content = {
    format: "pehchan-minutiae",
    version: 1,
    width: view.picture.width,
    height: view.picture.height,
    ppi: Number(ppi.value),
    position: Number(element("position").value),
    minutiae: marks.minutiae,
    ...(marks.state.region ? { region: marks.state.region } : {}),
  };
  return new File([JSON.stringify(content)], "marked.json", { type: "application/json" });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  settle(form);
  if (!hasResolution()) return;
  const fault = faultOf(form);
  if (fault) return fault.reportValidity();
  try {
    await progressing(form, search);
  } catch (problem) {
    if (wasCancelled(problem)) form.querySelector("button.main").focus();
    else complain(form, problem);
  }
});

async function search(tell, signal) {
  const file = marked();
  const fields = [...searchFields(form), ["marked", file], ["image", image]];
  const { body } = await askLater("/api/v1/identify/latent", { form: formData(fields) }, tell, signal);
  await keepFiles(body.id, form.elements.case_number.value, [
    ["unknown_finger", image],
    ["marked", file],
    ["ppi", ppi.value.trim()],
  ]);
  saved = marks.state;
  location.assign(`/app/searches/${body.id}`);
}

element("save").addEventListener("click", async () => {
  settle(form);
  const number = form.elements.case_number;
  if (!hasResolution() || !number.reportValidity()) return;
  const fields = [
    ["marked", marked()],
    ["image", image],
    ["case_number", number.value.trim()],
  ];
  try {
    const { body } = await ask("POST", "/api/v1/latents/files", { form: formData(fields), key: newKey() });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(body);
    link.download = "latent.an2";
    link.click();
    saved = marks.state;
  } catch (problem) {
    complain(form, problem);
  }
});
