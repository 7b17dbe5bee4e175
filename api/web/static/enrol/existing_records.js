// "May already be on record": people with a name like the one that is typed; one of them can be added to.

import { ask } from "../lib/api.js";
import { made, sex } from "./labels.js";
import { _ } from "../lib/messages.js";

const PAUSE = 500; // milliseconds without a key
const LEAST = 3; // letters
const SHOWN = 6;

const name = document.querySelector('[name="record.name"]');
const list = document.getElementById("known-list");
const told = document.getElementById("known-told");
const fields = document.getElementById("person-fields");
const box = document.getElementById("chosen-record");

/** Watches the name, and shows which record was chosen. */
export function watchNames(draft) {
  let waits;
  let asking;
  const look = async () => {
    asking?.abort();
    asking = new AbortController();
    const typed = name.value.trim();
    if (typed.length < LEAST) return show([], draft, _("People with a name like this are listed here as you type."));
    try {
      const { body } = await ask("GET", `/api/v1/records?${new URLSearchParams({ name: typed, limit: SHOWN })}`, {
        signal: asking.signal,
      });
      const count = body.records.length;
      show(
        body.records,
        draft,
        count
          ? _("{count} on record with a name like this, the most alike first.", {
              count: body.next ? `${count}+` : count,
            })
          : _("Nobody with a name like this is on record at your unit."),
      );
    } catch (problem) {
      if (problem.name !== "AbortError") show([], draft, _("It cannot be looked up now who is on record."));
    }
  };
  name.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(look, PAUSE);
  });
  document.getElementById("unchoose").addEventListener("click", () => {
    draft.change((state) => Object.assign(state, { record: null, title: name.value.trim() }));
    name.focus();
  });
  draft.addEventListener("change", () => showChosen(draft.state.record));
  showChosen(draft.state.record);
  if (name.value) look();
}

/** Takes a record, as the service tells of it, to add to. */
export function choose(draft, record) {
  draft.change((state) => {
    state.record = { id: record.id, name: record.name, number: record.national_number };
    state.title = record.name;
  });
  box.focus();
}

function show(records, draft, text) {
  told.textContent = text;
  list.replaceChildren(...records.map((record) => line(record, draft)));
}

function line(record, draft) {
  const item = made("li");
  const facts = [
    record.national_number,
    sex(record.sex),
    record.birth_year,
    record.aliases.join(", "),
    record.fir_numbers.slice(0, 3).join(", "),
  ];
  const button = made("button", _("Add to this record"), "quiet");
  button.type = "button";
  button.append(made("span", ` ${record.name} ${record.national_number}`, "unseen"));
  button.addEventListener("click", () => choose(draft, record));
  item.append(made("b", record.name), " ", made("small", facts.filter(Boolean).join(" · ")), " ", button);
  return item;
}

function showChosen(record) {
  fields.disabled = Boolean(record);
  fields.hidden = Boolean(record);
  box.hidden = !record;
  if (record) document.getElementById("chosen-name").textContent = _("{name}, national number {number}", record);
}
