// Lists with rows that are added and removed: <div data-rows="NAME"> with a template of a row and a button [data-add].

import { clone, query, queryAll } from "../lib/dom.js";

/** @typedef {import("../lib/forms.js").Field} Field */

/**
 * @param {HTMLElement} row
 * @returns {Field[]}
 */
const fieldsOfRow = (row) => /** @type {Field[]} */ (queryAll(row, "[data-field]"));

/**
 * Shows the rows of a draft's list, and stores what is entered in them.
 *
 * @param {HTMLElement} box
 * @param {import("./draft.js").Draft} draft
 */
export function connectRows(box, draft) {
  const name = box.dataset.rows ?? "";
  const add = query(box, "[data-add]");
  const template = query(box, "template", HTMLTemplateElement);

  const read = () =>
    queryAll(box, ".entry").map((row) =>
      Object.fromEntries(fieldsOfRow(row).map((field) => [field.dataset.field ?? "", field.value])),
    );
  const store = () => draft.change((state) => (state.lists[name] = read()));

  /** @param {Record<string, string>} values */
  function addRow(values = {}) {
    const row = clone(template);
    for (const field of fieldsOfRow(row)) {
      const value = values[field.dataset.field ?? ""];
      if (value !== undefined) field.value = value;
      field.required = field.dataset.required !== undefined;
      field.addEventListener("input", store);
    }
    query(row, "[data-remove]").addEventListener("click", () => {
      row.remove();
      store();
      add.focus();
    });
    add.before(row);
    return row;
  }

  add.addEventListener("click", () => {
    query(addRow(), "[data-field]").focus();
    store();
  });
  for (const values of draft.state.lists[name] ?? []) addRow(values);
}
