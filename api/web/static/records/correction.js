// Correcting a person's data: only what was changed is sent, and where somebody else was first, it is told what they changed.

import { ask, newKey } from "../lib/api.js";
import { complain, settle } from "../lib/forms.js";
import { _ } from "../lib/messages.js";

const form = document.getElementById("correction");
const { record } = form.dataset;
const before = read();

form.addEventListener("click", (event) => {
  const rows = event.target.closest("[data-rows]");
  if (event.target.matches("[data-add]")) {
    event.target.before(rows.querySelector("template").content.cloneNode(true));
    [...rows.querySelectorAll("[data-row]")].at(-1).querySelector("input, select").focus();
  } else if (event.target.matches("[data-remove]")) {
    event.target.closest("[data-row]").remove();
    rows.querySelector("[data-add]").focus();
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  store(form.dataset.version, event.submitter);
});

async function store(version, button) {
  const change = changed(before, read());
  settle(form);
  button.disabled = true;
  button.classList.add("working");
  try {
    if (Object.keys(change).length)
      await ask("PATCH", `/api/v1/records/${record}`, { json: change, version, key: newKey() });
    location.assign(`/app/records/${record}`);
  } catch (problem) {
    if (problem.code === "version_mismatch") await tellChanges();
    else complain(form, problem);
  } finally {
    button.disabled = false;
    button.classList.remove("working");
  }
}

/** Says what others have changed since the form was opened, and lets the officer store theirs on top. */
async function tellChanges() {
  const since = form.dataset.version.replaceAll('"', "");
  const answer = await fetch(`/app/records/${record}/changes?since=${since}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const told = page.querySelector("[data-changes]");
  complain(form, {
    message: _("Somebody else has changed this record since you opened it. Nothing of yours was stored."),
  });
  if (!told) return;
  const box = form.querySelector(".problem");
  const onTop = document.createElement("button");
  onTop.type = "button";
  onTop.textContent = _("Store mine on top of it");
  onTop.addEventListener("click", () => store(told.dataset.version, onTop));
  const anew = document.createElement("a");
  anew.className = "button";
  anew.href = location.href;
  anew.textContent = _("Leave mine, and begin anew");
  const actions = document.createElement("div");
  actions.className = "actions";
  actions.append(onTop, anew);
  box.append(document.adoptNode(told), actions);
}

/** Returns what the form says of the person, as the service takes it. */
function read() {
  const said = {};
  for (const field of form.elements) {
    if (!field.name || field.closest("[data-row]")) continue;
    put(said, field.name, value(field));
  }
  for (const rows of form.querySelectorAll("[data-rows]")) {
    const found = Array.from(rows.querySelectorAll("[data-row]"), (row) =>
      Object.fromEntries(
        Array.from(row.querySelectorAll("input, select"), (field) => [field.name, field.value.trim()]),
      ),
    );
    put(
      said,
      rows.dataset.rows,
      found.filter((one) => one[rows.dataset.needed]),
    );
  }
  return said;
}

function value(field) {
  const text = field.value.trim();
  if (field.dataset.kind === "list")
    return text
      .split("\n")
      .map((one) => one.trim())
      .filter(Boolean);
  if (field.dataset.kind === "number") return text ? Number(text) : null;
  const isText = field.type === "text";
  return text || isText ? text : null;
}

function put(said, path, what) {
  const steps = path.split(".");
  let inside = said;
  for (const step of steps.slice(0, -1)) inside = inside[step] ??= {};
  inside[steps.at(-1)] = what;
}

/** Returns what differs, whole fields of the person and of the particulars. */
function changed(old, now) {
  const { particulars: older, ...rest } = old;
  const { particulars: newer, ...fields } = now;
  const change = differing(rest, fields);
  const more = differing(older, newer);
  if (Object.keys(more).length) change.particulars = more;
  return change;
}

function differing(old, now) {
  return Object.fromEntries(
    Object.entries(now).filter(([name, what]) => JSON.stringify(what) !== JSON.stringify(old[name])),
  );
}
