// Loaded before the page is read. A click on a button, or the submission of a form, that only a script can answer would be lost, or sent
// wrongly, while the scripts are still on their way. It waits until they have run. So does the choice of a file or of an option.

{
  /** @type {(() => void) | null} */
  let repeat = null;
  /** @type {Set<EventTarget>} */
  const changed = new Set();

  /** @param {Event} event */
  const hold = (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const button = target.closest("button[type=button]");
    if (event.type === "click" && button instanceof HTMLButtonElement) repeat = () => button.click();
    else if (event instanceof SubmitEvent && target instanceof HTMLFormElement && isSentByScript(target))
      repeat = () => target.requestSubmit(event.submitter);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  /** @param {HTMLFormElement} form */
  const isSentByScript = (form) => !form.hasAttribute("method") || form.dataset.signOut !== undefined;

  /** @param {Event} event */
  const note = ({ target }) => target && changed.add(target);

  for (const type of ["click", "submit"]) addEventListener(type, hold, true);
  addEventListener("change", note, true);
  // Module scripts have run when this event is dispatched.
  document.addEventListener("DOMContentLoaded", () => {
    for (const type of ["click", "submit"]) removeEventListener(type, hold, true);
    removeEventListener("change", note, true);
    for (const input of changed) input.dispatchEvent(new Event("change", { bubbles: true }));
    repeat?.();
  });
}
