// Forms that ask the service: <form data-api="POST /api/v1/things" data-then="/app/things/{id}">.
//
// Fields become JSON by their names, with dots for what lies within; data-kind on a field says what it is: "number",
// "flag" (a checkbox), "many" (checkboxes of one name: a list), "list" (one a line), "query" (a parameter of the
// address), else text. Empty fields are left out, unless data-keep. `data-version` is the ETag that is changed, `data-confirm` a question to be answered first. `data-then` is where to go: "reload", or an
// address with {names} of the answer. A form without it tells "done", with the answer as its detail.

import { ask, newKey } from "./api.js";
import { _ } from "./messages.js";
import { showProblem } from "./problems.js";

/** Returns what a form's fields say, as an object. */
export function said(form) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.dataset.kind === "query" || (field.type === "radio" && !field.checked))
      continue;
    const value = read(field);
    if (value === undefined) continue;
    const path = field.name.split(".");
    let inside = found;
    for (const step of path.slice(0, -1)) inside = inside[step] ??= {};
    const name = path.at(-1);
    inside[name] = field.dataset.kind === "many" ? [...(inside[name] ?? []), ...value] : value;
  }
  return found;
}

function read(field) {
  const kind = field.dataset.kind;
  if (kind === "flag") return field.checked;
  if (kind === "many") return field.checked ? [field.value] : [];
  if (field.type === "checkbox") return field.checked ? field.value : undefined;
  if (field instanceof HTMLSelectElement && field.multiple)
    return Array.from(field.selectedOptions, (one) => one.value);
  const text = field.value.trim();
  if (kind === "list")
    return text
      .split("\n")
      .map((one) => one.trim())
      .filter(Boolean);
  if (!text && field.dataset.keep === undefined) return undefined;
  return kind === "number" ? Number(text) : text;
}

/** Returns the path with the form's "query" fields as its parameters. */
function withQuery(path, form) {
  const fields = [...form.querySelectorAll("[data-kind=query]")].filter((field) => field.value);
  return fields.length ? `${path}?${new URLSearchParams(fields.map((field) => [field.name, field.value]))}` : path;
}

/** Shows what is wrong above a form, and moves there; fields that are named in it are marked. */
export function complain(form, problem) {
  settle(form);
  const box = document.createElement("div");
  box.className = "problem";
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  const told = document.createElement("p");
  showProblem(told, problem);
  box.append(told);
  for (const { field, message } of problem.errors ?? []) {
    const input = [...(form.elements ?? [])].find((one) => one.name && field?.endsWith(one.name));
    if (!input) continue;
    input.setAttribute("aria-invalid", "true");
    input.title = message;
  }
  if (problem.code === "signed_out") {
    const link = document.createElement("a");
    link.href = "/app/sign-in";
    link.target = "_blank";
    link.textContent = _("Sign in");
    box.append(link);
  }
  form.prepend(box);
  box.focus();
}

/** Takes away what was complained of before. */
export function settle(form) {
  form.querySelector(":scope > .problem")?.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("title");
  }
}

/** Returns the first field that is not filled as it must be, marked and told; null where all are. */
export function faultOf(form) {
  const field = [...form.elements].find((one) => one.name && one.willValidate && !one.checkValidity());
  if (!field) return null;
  const details = field.closest("details");
  if (details) details.open = true;
  return field;
}

export function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

/** Asks a question with "go on" and "leave it"; resolves to whether to go on. */
export const confirmed = async (question) =>
  (await answered(
    [question],
    [
      ["yes", _("Go on"), "main"],
      ["no", _("Leave it"), ""],
    ],
  )) === "yes";

/** Asks something with a choice of buttons, [value, text, class]; resolves to the value, "" where the question was closed. */
export function answered(sentences, choices) {
  const dialog = document.createElement("dialog");
  const form = document.createElement("form");
  form.method = "dialog";
  const texts = sentences.map(paragraph);
  texts[0].id = "question";
  dialog.setAttribute("aria-labelledby", "question");
  const actions = document.createElement("div");
  actions.className = "actions";
  actions.append(...choices.map(([value, text, kind]) => button(text, value, kind)));
  form.append(...texts, actions);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    }),
  );
}

function button(text, value, kind) {
  const made = document.createElement("button");
  made.textContent = text;
  made.value = value;
  made.className = kind;
  return made;
}

/** Sends a form to the service as its attributes say; one key as long as the same is sent. */
async function send(form, submitter) {
  if (form.dataset.confirm && !(await confirmed(form.dataset.confirm))) return;
  const [method, bare] = form.dataset.api.split(" ");
  const path = withQuery(bare, form);
  const fields = said(form);
  if (submitter?.name) fields[submitter.name] = submitter.value;
  const text = `${path} ${JSON.stringify(fields)}`;
  if (form.sentText !== text) Object.assign(form, { sentText: text, sentKey: newKey() });
  const buttons = [...form.querySelectorAll("button")].filter((one) => !one.disabled);
  const working = submitter ?? buttons[0];
  buttons.forEach((one) => (one.disabled = true));
  working?.classList.add("working");
  settle(form);
  try {
    const takesBody = method !== "DELETE" && method !== "GET";
    const answer = await ask(method, path, {
      json: takesBody ? fields : undefined,
      key: takesBody ? form.sentKey : undefined,
      version: form.dataset.version,
    });
    form.sentText = undefined;
    const then = form.dataset.then;
    if (!then) form.dispatchEvent(new CustomEvent("done", { detail: answer, bubbles: true }));
    else if (then === "reload") again(form);
    else location.assign(then.replace(/\{(\w+)\}/g, (_whole, name) => encodeURIComponent(answer.body[name])));
  } catch (problem) {
    complain(form, problem);
  } finally {
    buttons.forEach((one) => (one.disabled = false));
    working?.classList.remove("working");
  }
}

/** Loads the page anew; page.js then moves to where the form was. */
function again(form) {
  sessionStorage.setItem("pehchan.place", form.closest("[id]:not(form)")?.id ?? "");
  location.reload();
}

document.addEventListener("submit", (event) => {
  if (!event.target.dataset.api) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
