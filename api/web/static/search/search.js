// A search: files and what they show, what for, and where it leads.

import { askLater, wasCancelled } from "../lib/tasks.js";
import { complain, faultOf, settle } from "../lib/forms.js";
import { keepFiles, keptSearches } from "../storage/search_files.js";
import { _, moment } from "../lib/messages.js";
import { takeDropped } from "../lib/file_drop.js";
import { ChosenFiles } from "./chosen_files.js";
import { formData, kept, progressing, searchFields, WHAT_IT_IS } from "./search_form.js";
import { showGroup } from "./group_results.js";
import { searchesOf } from "./transaction.js";

const form = document.getElementById("search");
const input = document.getElementById("files");
const told = document.getElementById("files-problem");
const groupChoice = document.getElementById("group-choice");
const chosen = new ChosenFiles(document.getElementById("chosen"), document.getElementById("file-row"), changed);

function changed() {
  told.textContent = "";
  const kinds = chosen.fields.map(([field]) => field);
  groupChoice.hidden = !(kinds.length === 1 && kinds[0] === "photo");
  const isItl = kinds.includes("itl");
  document.getElementById("of-itl").hidden = !isItl;
  document.getElementById("of-search").hidden = isItl;
}

input.addEventListener("change", () => {
  chosen.add([...input.files]);
  input.value = "";
});
takeDropped(document.getElementById("drop"), (files) => chosen.add([...files]));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  settle(form);
  chosen.settle();
  told.textContent = chosen.rows.length ? "" : _("Choose at least one print or photo to search with.");
  if (!chosen.rows.length) return input.focus();
  const itl = chosen.fields.some(([field]) => field === "itl");
  const fault = itl ? null : faultOf(form);
  if (fault) return fault.reportValidity();
  try {
    await progressing(form, (tell, signal) => (itl ? sendTransaction(tell, signal) : send(tell, signal)));
  } catch (problem) {
    if (wasCancelled(problem)) return form.querySelector("button.main").focus();
    if (!chosen.complain(problem)) complain(form, problem);
  }
});

async function send(tell, signal) {
  const isGroup = !groupChoice.hidden && form.elements.group.checked;
  const given = searchFields(form).filter(([name]) => !isGroup || !WHAT_IT_IS.has(name));
  const fields = [...given, ...chosen.fields];
  const answer = await askLater(
    isGroup ? "/api/v1/identify/group" : "/api/v1/identify",
    { form: formData(fields) },
    tell,
    signal,
  );
  const searches = isGroup ? answer.body.map((member) => member.search) : [answer.body];
  for (const { id, case_number } of searches) await keepFiles(id, case_number, kept(fields));
  if (isGroup) return showGroup(answer.body, chosen.rows[0].file);
  location.assign(`/app/searches/${answer.body.id}`);
}

async function sendTransaction(tell, signal) {
  const searches = await searchesOf(chosen.rows, tell, signal);
  for (const id of searches) await keepFiles(id, _("ANSI/NIST file"), [["transaction", chosen.rows[0].file]]);
  location.assign(searches.length > 1 ? "/app/searches?mine=true" : `/app/searches/${searches[0]}`);
}

for (const { id, title, at, names } of await keptSearches()) {
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/app/searches/${id}`;
  link.textContent = title;
  line.append(link, ` ${moment(at)} · ${names.join(", ")}`);
  document.getElementById("recent").append(line);
  document.getElementById("of-today").hidden = false;
}
