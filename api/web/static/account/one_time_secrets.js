// What is shown once: one-time passwords and API keys. <form data-api=... data-secret="key"> names it in the answer.

import { _ } from "../lib/messages.js";

const TITLES = {
  one_time_password: () => _("One-time password"),
  key: () => _("API key"),
};
const ADVICE = {
  one_time_password: () =>
    _("It is shown this once, and is good for three days and one sign-in. Hand it over in person."),
  key: () =>
    _("It is shown this once. Whoever has it can do all that it is for: keep it where only the program reads it."),
};

document.addEventListener("done", (event) => {
  const form = event.target;
  const status = form.querySelector("[data-said]");
  if (status) status.textContent = status.dataset.said;
  if (form.dataset.secret) show(form, form.dataset.secret, event.detail.body);
});

function show(form, name, body) {
  document.querySelector(".secret")?.remove();
  const panel = document.createElement("section");
  panel.className = "secret";
  panel.tabIndex = -1;
  const whose = body.user ? `${body.user.name} · ${body.user.login}` : body.api_key.label;
  const secret = body[name];
  panel.append(element("h2", secret ? TITLES[name]() : _("The account was made")), element("p", whose));
  if (secret) panel.append(element("code", secret), element("p", ADVICE[name]()));
  else panel.append(element("p", _("A program has no password. Make an API key for it on the page of its account.")));
  panel.append(actions(body));
  document.getElementById("main").prepend(panel);
  form.reset();
  panel.focus();
  panel.scrollIntoView();
}

function actions(body) {
  const row = element("div", "");
  row.className = "actions";
  const print = element("button", _("Print"));
  print.type = "button";
  print.addEventListener("click", () => window.print());
  const on = element("a", _("It is kept: go on"));
  on.className = "button main";
  on.href = body.user ? `/app/users/${encodeURIComponent(body.user.login)}` : location.pathname;
  row.append(print, on);
  return row;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
