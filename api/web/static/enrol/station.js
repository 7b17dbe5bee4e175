// The police station, chosen by its name; its codes follow. One that is not in the list is entered by its codes.

import { byId, queryAll } from "../lib/dom.js";
import { fieldNamed } from "../lib/forms.js";
import { _ } from "../lib/messages.js";

const CODES = /^(?:.*\()?(\d{2})\/([^/()]+)\/([^/()]+)\)?$/; // 27/519/27519004, or in parentheses after the name
const LEVELS = ["state", "district", "station"];

/**
 * Connects the field of the police station with those of its codes.
 *
 * @param {HTMLFormElement} form
 */
export function connectStation(form) {
  const field = /** @type {HTMLInputElement} */ (fieldNamed(form, "unit"));
  const codes = LEVELS.map((level) => fieldNamed(form, `encounter.${level}_code`));
  const offered = queryAll(byId("stations"), "option", HTMLOptionElement).map(({ value }) => value);
  const read = () => {
    const text = field.value.trim();
    const named = offered.filter((one) => nameOf(one) === text.toLowerCase());
    const [, ...found] = CODES.exec(named.length === 1 ? named[0] : text) ?? [];
    codes.forEach((code, index) => (code.value = found[index]?.trim() ?? ""));
    const problem = _("Choose a police station from the list, or enter its codes, such as 27/519/27519004.");
    field.setCustomValidity(!text || found.length ? "" : problem);
  };
  field.addEventListener("input", read);
  read();
}

/** @param {string} offered */
const nameOf = (offered) => offered.replace(/ \([^()]*\)$/, "").toLowerCase();
