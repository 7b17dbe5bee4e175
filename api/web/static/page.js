// What every page does: the menu, forms, sign-out, queued drafts, the store for no connection, the help key, and the focus after a form was sent.

import "./storage/draft_queue.js";
import "./lib/forms.js";
import "./account/sign_out.js";
import { create } from "./lib/dom.js";
import { _, moment } from "./lib/messages.js";
import { pagePath } from "./lib/paths.js";

// What is needed without a connection is stored once the page has loaded: it must not wait for that.
if (navigator.serviceWorker && document.body.dataset.account)
  addEventListener("load", () => {
    const path = pagePath(`/service-worker.js?language=${document.documentElement.lang}`);
    navigator.serviceWorker.register(path, { scope: pagePath("/") });
  });

// Without a zone in its settings the service cannot know the reader's.
for (const time of document.querySelectorAll("time[data-local]")) {
  if (time instanceof HTMLTimeElement) time.textContent = moment(time.dateTime, time.dataset.local === "seconds");
}

for (const button of document.querySelectorAll("[data-unfolds]")) {
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") === "false"));
  });
}

// A probe that came as a minutiae record has no thumbnail.
for (const image of document.querySelectorAll("img.thumbnail")) {
  if (!(image instanceof HTMLImageElement)) continue;
  const replace = () => image.replaceWith(create("span", _("Minutiae only"), "thumbnail none"));
  if (image.complete && image.naturalWidth === 0 && image.currentSrc) replace();
  else image.addEventListener("error", replace);
}

// Where a form sends a file itself, its name stands next to the button.
document.addEventListener("change", ({ target }) => {
  const names =
    target instanceof HTMLInputElement && target.parentElement?.parentElement?.querySelector("[data-file-names]");
  if (names) names.textContent = [...(target.files ?? [])].map(({ name }) => name).join(", ");
});

const focused = document.querySelector("[data-focus]");
if (focused instanceof HTMLElement) focused.focus();

const place = document.getElementById(sessionStorage.getItem("pehchan.place") ?? "");
sessionStorage.removeItem("pehchan.place");
if (place) {
  place.tabIndex = -1;
  place.focus();
  if (document.activeElement !== place) addEventListener("load", () => place.focus()); // in a tab, which is shown by then
}

/** @type {Element | null} */
let beforeHelp = null; // what had the focus
document.addEventListener("keydown", (event) => {
  const isTyping =
    event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  const finder = document.getElementById("finder");
  if (finder && event.key === "/" && !isTyping) {
    document.querySelector(".menu-button")?.setAttribute("aria-expanded", "true"); // on a narrow screen it is in the menu
    finder.focus();
    event.preventDefault();
  }
  const help = document.getElementById("help");
  if (!(help instanceof HTMLDetailsElement)) return;
  const closes = help.open && event.key === "Escape" && help.contains(document.activeElement);
  if (!closes && (event.key !== "?" || isTyping)) return;
  help.open = !help.open;
  if (help.open) beforeHelp = document.activeElement;
  const next = help.open ? help.querySelector("summary") : beforeHelp;
  if (next instanceof HTMLElement) next.focus({ preventScroll: !help.open });
  event.preventDefault();
});
