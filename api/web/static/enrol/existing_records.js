// "Possibly already on record": people with a name like the one that is typed; the encounter can be added to one of them.

import { asError, request } from "../lib/api.js";
import { byId, create, query } from "../lib/dom.js";
import { _ } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";
import { sexLabel } from "./labels.js";

/** @typedef {import("./draft.js").Draft} Draft */

const DELAY = 500; // milliseconds without a key
const SHORTEST = 3; // letters
const LIMIT = 6;

const nameInput = query(document, '[name="record.name"]', HTMLInputElement);
const list = byId("known-list");
const status = byId("known-status");
const fields = byId("person-fields", HTMLFieldSetElement);
const chosenBox = byId("chosen-record");

/**
 * Looks for similar names as the name is typed, and shows which record was chosen.
 *
 * @param {Draft} draft
 */
export function suggestExistingRecords(draft) {
  /** @type {number | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let controller;
  const search = async () => {
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    const name = nameInput.value.trim();
    if (name.length < SHORTEST) {
      show([], draft, _("People with a name like this are listed here as you type."));
      return;
    }
    try {
      const parameters = new URLSearchParams({ name, limit: String(LIMIT) });
      /** @type {{ body: Api.RecordPage }} */
      const { body } = await request("GET", apiPath(`/records?${parameters}`), { signal });
      const { length } = body.records;
      const count = body.next ? `${length}+` : length;
      show(
        body.records,
        draft,
        length
          ? _("{count} on record with a similar name, the most similar first.", { count })
          : _("Your unit has no record with a similar name."),
      );
    } catch (error) {
      if (asError(error).name !== "AbortError") show([], draft, _("Existing records cannot be looked up now."));
    }
  };
  nameInput.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, DELAY);
  });
  byId("unchoose").addEventListener("click", () => {
    draft.change((state) => {
      state.record = null;
      state.title = nameInput.value.trim();
    });
    nameInput.focus();
  });
  draft.addEventListener("change", () => showChosen(draft.state.record));
  showChosen(draft.state.record);
  if (nameInput.value) search();
}

/**
 * Chooses the record to add to.
 *
 * @param {Draft} draft
 * @param {Api.RecordSummary} record
 */
export function chooseRecord(draft, record) {
  draft.change((state) => {
    state.record = { id: record.id, name: record.name, number: record.national_number };
    state.title = record.name;
  });
  chosenBox.focus();
}

/**
 * @param {Api.RecordSummary[]} records
 * @param {Draft} draft
 * @param {string} text
 */
function show(records, draft, text) {
  status.textContent = text;
  list.replaceChildren(...records.map((record) => line(record, draft)));
}

/**
 * @param {Api.RecordSummary} record
 * @param {Draft} draft
 */
function line(record, draft) {
  const item = create("li");
  const facts = [
    record.national_number,
    sexLabel(record.sex),
    record.birth_year,
    record.aliases.join(", "),
    record.fir_numbers.slice(0, 3).join(", "),
  ];
  const button = create("button", _("Add to this record"), "quiet");
  button.type = "button";
  button.append(create("span", ` ${record.name} ${record.national_number}`, "unseen"));
  button.addEventListener("click", () => chooseRecord(draft, record));
  item.append(create("b", record.name), " ", create("small", facts.filter(Boolean).join(" · ")), " ", button);
  return item;
}

/** @param {import("./draft.js").DraftState["record"]} record */
function showChosen(record) {
  fields.disabled = Boolean(record);
  fields.hidden = Boolean(record);
  chosenBox.hidden = !record;
  if (record) byId("chosen-name").textContent = _("{name}, national number {number}", record);
}
