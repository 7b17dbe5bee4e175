// What every page does: forms, the keys, and moving to what is wrong.

import "./storage/draft_queue.js";
import "./lib/forms.js";
import "./account/sign_out.js";

document.querySelector("[data-focus]")?.focus();

const place = document.getElementById(sessionStorage.getItem("pehchan.place") ?? "");
sessionStorage.removeItem("pehchan.place");
if (place) {
  place.tabIndex = -1;
  place.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "?" && !typing) {
    const help = document.getElementById("help");
    if (!help) return;
    help.open = !help.open;
    help.querySelector("summary").focus();
    event.preventDefault();
  }
});
