// Questions that must be answered before something goes on.

import { create } from "./dom.js";
import { _ } from "./messages.js";

/**
 * Asks whether to do something.
 *
 * @param {string} question
 * @param {string} action what the button that does it says
 * @param {HTMLElement[]} evidence what the dialog shows below the question
 */
export async function confirmed(question, action, evidence = []) {
  const title = create("p", question);
  title.id = "question";
  const answer = await ask(
    title.id,
    [title, ...evidence],
    [
      ["yes", action, "main"],
      ["no", _("Cancel"), ""],
    ],
  );
  return answer === "yes";
}

/**
 * Shows a question with a button for each choice; resolves to the chosen value, "" if the dialog was closed.
 *
 * @param {string[]} paragraphs
 * @param {[value: string, label: string, className: string][]} choices
 * @returns {Promise<string>}
 */
export function choose(paragraphs, choices) {
  const texts = paragraphs.map((text) => create("p", text));
  texts[0].id = "question";
  return ask("question", texts, choices);
}

/**
 * Shows a dialog with some content and a button for each choice; resolves to the chosen value.
 *
 * The dialog is gone and the answer known before the next key is handled: a dialog's own event "close" comes later.
 *
 * @param {string} titleId the id of the element that names the dialog
 * @param {HTMLElement[]} content
 * @param {[value: string, label: string, className: string][]} choices
 * @param {string} className
 * @returns {Promise<string>}
 */
export function ask(titleId, content, choices, className = "") {
  const dialog = create("dialog", "", className);
  const form = create("form");
  form.method = "dialog";
  dialog.setAttribute("aria-labelledby", titleId);
  const actions = create("div", "", "actions");
  actions.append(...choices.map(([value, label, kind]) => Object.assign(create("button", label, kind), { value })));
  form.append(...content, actions);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    const finish = (/** @type {string} */ answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      finish(event.submitter instanceof HTMLButtonElement ? event.submitter.value : "");
    });
    dialog.addEventListener("close", () => finish(""));
  });
}
