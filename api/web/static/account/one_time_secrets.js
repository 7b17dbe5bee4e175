// Secrets that are shown once: one-time passwords and API keys. <form data-api=... data-secret="key"> names it in the response.

import { byId, create, link } from "../lib/dom.js";
import { _ } from "../lib/messages.js";
import { pagePath } from "../lib/paths.js";

/** @type {Record<string, () => string>} */
const TITLES = {
  one_time_password: () => _("One-time password"),
  key: () => _("API key"),
};
/** @type {Record<string, () => string>} */
const ADVICE = {
  one_time_password: () =>
    _("It is shown only now, and is valid for three days and one sign-in. Hand it over in person."),
  key: () => _("It is shown only now. Anyone who has it can use it, so store it where only the program can read it."),
};

document.addEventListener("done", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !(event instanceof CustomEvent)) return;
  for (const status of form.querySelectorAll("[data-done]"))
    if (status instanceof HTMLElement) status.textContent = status.dataset.done ?? "";
  if (form.dataset.secret) show(form, form.dataset.secret, event.detail.body);
});

/**
 * Shows a secret at the top of the page.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {Api.UserWithPassword | Api.NewApiKeyOut} body
 */
function show(form, name, body) {
  document.querySelector(".secret")?.remove();
  const panel = create("section", "", "secret");
  panel.tabIndex = -1;
  const owner = "user" in body ? `${body.user.name} · ${body.user.login}` : body.api_key.label;
  const secret = "user" in body ? body.one_time_password : body.key;
  panel.append(create("h2", secret ? TITLES[name]() : _("The account was made")), create("p", owner));
  if (secret) panel.append(create("code", secret), create("p", ADVICE[name]()));
  else panel.append(create("p", _("A program has no password. Create an API key for it on the page of its account.")));
  panel.append(actions(body));
  byId("main").prepend(panel);
  form.reset();
  panel.focus();
  panel.scrollIntoView();
}

/** @param {Api.UserWithPassword | Api.NewApiKeyOut} body */
function actions(body) {
  const row = create("div", "", "actions");
  const print = create("button", _("Print"));
  print.type = "button";
  print.addEventListener("click", () => window.print());
  const next = "user" in body ? pagePath(`/users/${encodeURIComponent(body.user.login)}`) : location.pathname;
  const goOn = link(next, _("It is kept: go on"));
  goOn.className = "button main";
  row.append(print, goOn);
  return row;
}
