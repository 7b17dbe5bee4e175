// What every page does: forms, sign-out, queued drafts, the help key, and the focus after a form was sent.

import "./storage/draft_queue.js";
import "./lib/forms.js";
import "./account/sign_out.js";

const focused = document.querySelector("[data-focus]");
if (focused instanceof HTMLElement) focused.focus();

const place = document.getElementById(sessionStorage.getItem("pehchan.place") ?? "");
sessionStorage.removeItem("pehchan.place");
if (place) {
  place.tabIndex = -1;
  place.focus();
}

document.addEventListener("keydown", (event) => {
  const isTyping =
    event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "?" || isTyping) return;
  const help = document.getElementById("help");
  if (!(help instanceof HTMLDetailsElement)) return;
  help.open = !help.open;
  help.querySelector("summary")?.focus();
  event.preventDefault();
});
