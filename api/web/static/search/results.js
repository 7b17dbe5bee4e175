// What is done with a stored search: an examiner is asked, it is replayed, it becomes a standing one.

import { ask, newKey, Problem } from "../lib/api.js";
import { complain, said, settle } from "../lib/forms.js";
import { keepFiles, keptFields } from "../storage/search_files.js";
import { _ } from "../lib/messages.js";
import { fieldOfName } from "../lib/file_names.js";
import { formData } from "./search_form.js";
import { askLater } from "../lib/tasks.js";

const section = document.getElementById("found");
const told = document.getElementById("told");
const { search } = section.dataset;
const FIELDS = { "": "unknown_finger", "itl": "transaction" }; // that the service takes a file in, where it has another name
let waiting = null; // what goes on when the files have been chosen again

for (const button of document.querySelectorAll("[data-ask], [data-ask-rank]")) {
  button.addEventListener("click", () => withFiles(button, (fields) => askExaminer(button, fields)));
}
document.getElementById("replay").addEventListener("click", (event) => working(event.target, replay));
document.getElementById("stand")?.addEventListener("submit", (event) => {
  event.preventDefault();
  withFiles(event.submitter, (fields) => stand(event.target, fields));
});
document.getElementById("again").addEventListener("change", (event) => {
  const fields = [...event.target.files].map((file) => [
    FIELDS[fieldOfName(file.name)] ?? fieldOfName(file.name),
    file,
  ]);
  event.target.value = "";
  document.getElementById("gone").hidden = true;
  waiting?.(fields);
});

/** Goes on with the files of the search, or asks for them where they are gone; `again` are those chosen then. */
async function withFiles(button, act, again = null) {
  const fields = again ?? (await keptFields(search));
  if (!fields) {
    waiting = (chosen) => withFiles(button, act, chosen);
    const gone = document.getElementById("gone");
    gone.hidden = false;
    gone.focus();
    gone.scrollIntoView({ block: "center" });
    return;
  }
  await working(button, async () => {
    await act(fields);
    if (again) await keepFiles(search, section.dataset.case, again); // the service knows them by now
  });
}

async function working(button, act) {
  button.disabled = true;
  button.classList.add("working");
  settle(told);
  try {
    await act();
  } catch (problem) {
    complain(told, problem);
  } finally {
    button.disabled = false;
    button.classList.remove("working");
  }
}

async function askExaminer(button, fields) {
  const files = fields.filter(([name]) => name !== "marked"); // of a latent examiners see the image alone
  const { ask: record, askRank: rank } = button.dataset; // of a hit that another unit keeps only the rank is known
  const form = formData([["search_id", search], record ? ["record_id", record] : ["rank", rank], ...files]);
  const { body } = await ask("POST", "/api/v1/cases", { form, key: newKey() });
  say(_("Examiners are asked."), `/app/cases/${body.id}`, _("Open the case"));
}

async function replay() {
  const { body } = await askLater(`/api/v1/searches/${search}/replay`, {}, (sentence) => say(sentence));
  const sentences = [
    body.same ? _("The same list comes out, to the last figure.") : _("Another list comes out today."),
  ];
  if (body.removed)
    sentences.push(
      _("{count} prints or photos of then have been removed since and had no part in it.", { count: body.removed }),
    );
  if (body.meanwhile)
    sentences.push(
      _("{count} were enrolled while the search ran; it may have seen them or not.", { count: body.meanwhile }),
    );
  if (!body.same) sentences.push(...body.candidates.slice(0, 5).map(line));
  say(sentences.join(" "));
}

function line(one) {
  const name = one.record?.name ?? (one.elsewhere ? _("kept by another unit") : _("a record that was removed"));
  return `${one.rank}. ${name}${one.score ? ` (${one.score.decibans.toFixed(1)})` : ""};`;
}

async function stand(form, fields) {
  if (fields.some(([name]) => name === "transaction")) {
    throw new Problem(
      "invalid_field",
      _(
        "An ANSI/NIST file is searched with once. To search again by every enrolment, search with the prints or photos themselves.",
      ),
    );
  }
  const own = Object.entries({ ...said(form), case_number: section.dataset.case });
  const answer = await askLater("/api/v1/standing-searches", { form: formData([...fields, ...own]) }, (sentence) =>
    say(sentence),
  );
  say(
    _("Every later enrolment is compared with it: standing search {number}.", { number: answer.body.standing.number }),
    "/app/standing",
    _("Standing searches"),
  );
}

/** Says what happened, with a link to where it goes on. */
function say(text, address, label) {
  const paragraph = document.createElement("p");
  paragraph.className = "notice";
  paragraph.textContent = text;
  if (address) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = label;
    paragraph.append(" ", link);
  }
  told.replaceChildren(paragraph);
  paragraph.scrollIntoView({ block: "nearest" });
}
