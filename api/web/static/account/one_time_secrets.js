// Secrets that are shown once: halves of one-time passwords and API keys, keys and codes on paper. <form data-api=...
// data-secret="key"> names the secret in the response.

import { byId, create, link } from "../lib/dom.js";
import { _ } from "../lib/messages.js";
import { pagePath } from "../lib/paths.js";

/** @typedef {Api.AccountRequested | Api.AccountApproved | Api.NewApiKeyOut | Api.PaperCodeOut} Shown */

/** @type {Record<string, () => string>} */
const TITLES = {
  first_half: () => _("Requested: another administrator must approve it"),
  second_half: () => _("Approved"),
  key: () => _("API key"),
  paper_code: () => _("Code on paper"),
};
/** @type {Record<string, () => string>} */
const ADVICE = {
  first_half: () =>
    _(
      "This is the first half of the password or key, shown only now. The second half is shown to the administrator who approves it. Hand it over in person.",
    ),
  second_half: () =>
    _(
      "This is the second half of the password or key, shown only now. It follows the first half, which the requesting administrator has. Hand it over in person.",
    ),
  key: () => _("It is shown only now. Anyone who has it can use it, so store it where only the program can read it."),
  paper_code: () => _("It is shown only now. Print it and lock it away; an earlier code is no longer good."),
};

document.addEventListener("done", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !(event instanceof CustomEvent)) return;
  for (const status of form.querySelectorAll("[data-done]"))
    if (status instanceof HTMLElement) status.textContent = status.dataset.done ?? "";
  if (!form.dataset.secret) return;
  if ("login" in event.detail.body)
    location.reload(); // an account: rights were taken away, which needs no approval
  else show(form, form.dataset.secret, event.detail.body);
});

/**
 * Shows what was requested or made, and its secret, at the top of the page.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {Shown} body
 */
function show(form, name, body) {
  document.querySelector(".secret")?.remove();
  const panel = create("section", "", "secret");
  panel.tabIndex = -1;
  const secret = secretOf(body);
  panel.append(create("h2", TITLES[name]()), create("p", ownerOf(body)));
  if (secret) panel.append(create("code", secret), create("p", ADVICE[name]()));
  panel.append(actions(body));
  byId("main").prepend(panel);
  form.reset();
  panel.focus();
  panel.scrollIntoView();
}

/** @param {Shown} body */
function secretOf(body) {
  if ("paper_code" in body) return body.paper_code;
  if ("request" in body) return body.first_half;
  return "user" in body ? body.second_half : body.key;
}

/** @param {Shown} body */
function ownerOf(body) {
  if ("paper_code" in body) return "";
  if ("request" in body) return body.request.user?.login ?? body.request.login ?? "";
  return "user" in body ? `${body.user.name} · ${body.user.login}` : body.api_key.label;
}

/** @param {Shown} body */
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
