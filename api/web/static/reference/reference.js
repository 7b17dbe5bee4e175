// The API reference: finds operations and schemas, sends a request of an operation and shows the response.

import { byId, create, query, queryAll } from "../lib/dom.js";

const LONGEST = 20_000; // characters of a response that are shown

for (const form of queryAll(document, "form[data-method]", HTMLFormElement)) {
  query(form, "button", HTMLButtonElement).disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

const filter = byId("filter", HTMLInputElement);
filter.addEventListener("input", showMatches);
addEventListener("hashchange", openTarget);
openTarget();

/** Shows the operations and schemas that contain all words of the filter; all, folded, without one. */
function showMatches() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const group of queryAll(document, "details.group", HTMLDetailsElement)) {
    const entries = queryAll(group, "details.entry", HTMLDetailsElement);
    for (const entry of entries) {
      const text = `${entry.id} ${query(entry, "summary").textContent}`.toLowerCase();
      entry.hidden = !words.every((word) => text.includes(word));
    }
    const shown = entries.filter((entry) => !entry.hidden).length;
    count += shown;
    group.open = Boolean(words.length && shown);
    group.hidden = !shown;
  }
  byId("matches").textContent = words.length ? `${count} found` : "";
}

/** Unfolds what the address leads to. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target?.closest("details"); part; part = part.parentElement?.closest("details")) part.open = true;
  target?.scrollIntoView();
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const status = query(form, "[role=status]");
  status.textContent = "…";
  try {
    const response = await fetch(...requestOf(form));
    const type = response.headers.get("Content-Type") ?? "";
    const text = /json|text|problem/.test(type) ? formatted(await response.text()) : type;
    const content = create("pre", text.slice(0, LONGEST));
    content.tabIndex = 0;
    status.replaceChildren(create("p", `${response.status} ${response.statusText}`), content);
  } catch (error) {
    status.textContent = String(error); // there is no connection
  }
}

/**
 * @param {HTMLFormElement} form
 * @returns {[string, RequestInit]}
 */
function requestOf(form) {
  const { method, path = "" } = form.dataset;
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  const key = byId("key", HTMLInputElement).value.trim();
  if (key) headers.Authorization = `Bearer ${key}`;
  const parameters = new URLSearchParams();
  let address = path;
  for (const { name, value, dataset } of queryAll(form, "input", HTMLInputElement)) {
    if (!value) continue;
    if (dataset.in === "path") address = address.replace(`{${name}}`, encodeURIComponent(value));
    else if (dataset.in === "header") headers[name] = value;
    else parameters.append(name, value);
  }
  /** @type {RequestInit} */
  const init = { method, headers, credentials: "same-origin" };
  const [body] = queryAll(form, "textarea", HTMLTextAreaElement);
  if (body) {
    headers["Content-Type"] = "application/json";
    init.body = body.value;
  }
  return [parameters.size ? `${address}?${parameters}` : address, init];
}

/** @param {string} text */
function formatted(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text; // it is no JSON
  }
}
