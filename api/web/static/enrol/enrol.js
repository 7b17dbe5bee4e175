// Enrolment: fields, lists, prints and photos of a draft; sent when the officer says so.

import { accountKey, canSeal } from "../storage/encryption_key.js";
import { ask, isDelayed } from "../lib/api.js";
import { Draft } from "./draft.js";
import { CardFiles } from "./prints/file_assignment.js";
import { choose, watchNames } from "./existing_records.js";
import { Photos } from "./photos/photos.js";
import { close, useCamera } from "./photos/camera.js";
import { PrintCard } from "./prints/ten_print_card.js";
import { obstacle, review } from "./review.js";
import { showReceipt } from "./receipt.js";
import { keepRows } from "./repeatable_rows.js";
import { hasTyped, keepSections } from "./offence_sections.js";
import { isSame, outbox, send } from "./submission.js";
import { offerForAll } from "./prints/capture_settings.js";
import { made } from "./labels.js";
import { complain, confirmed, faultOf, settle } from "../lib/forms.js";
import { _, moment } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";

const form = document.getElementById("enrol");
const asked = new URLSearchParams(location.search);
const DEVICE = "pehchan.device";
const named = () => [...form.elements].filter((field) => field.name);

if (canSeal) accountKey().catch(() => {}); // for a connection that is lost later; writing the draft asks again, and reports problems
prefill();
const draft = await opened();
restore();
connect();

function prefill() {
  const now = new Date();
  form.elements["encounter.date"].value = new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  form.elements["encounter.device"].value = localStorage.getItem(DEVICE) ?? "";
}

async function opened() {
  const wanted = asked.get("draft");
  try {
    const found = wanted && (await Draft.open(wanted));
    if (wanted && !found)
      notice(_("This draft is not on this computer any more, or it is another account's. This is a new one."));
    return found || Draft.empty();
  } catch (problem) {
    notice(_("The draft cannot be opened now. It is still on this computer; this is a new one."), problem.message);
    return Draft.empty();
  }
}

function restore() {
  const { state } = draft;
  for (const field of named()) if (state.fields[field.name] !== undefined) field.value = state.fields[field.name];
  for (const sample of [...Object.values(state.prints), ...state.photos]) sample.checking = false;
}

function connect() {
  const keepFields = () =>
    draft.change((state) => {
      state.fields = Object.fromEntries(named().map((field) => [field.name, field.value]));
      state.title = state.record?.name ?? state.fields["record.name"].trim();
    });
  form.addEventListener("input", (event) => event.target.name && keepFields());
  const card = new PrintCard(draft);
  const photos = new Photos(draft);
  new CardFiles(draft, card, (samples) => photos.addChecked(samples));
  offerForAll(draft, (said) => card.sayOfAll(said));
  useCamera((file, view) => photos.take([file], view));
  for (const box of document.querySelectorAll("[data-rows]")) keepRows(box, draft);
  document.getElementById("more-person").open = Object.values(draft.state.lists).some((rows) => rows.length);
  watchNames(draft);
  keepSections(draft);
  review(form, draft);
  draft.addEventListener("change", () => {
    if (draft.state.outbox && !isSame(draft.state.outbox, outbox(form, draft.state))) draft.state.outbox = undefined; // no longer what the officer sent
  });
  draft.addEventListener("kept", told);
  draft.addEventListener("unkept", ({ detail: problem }) => {
    say("");
    if (canSeal)
      notice(_("This browser cannot keep the draft: do not close the page before it is sent."), problem.message); // else the page says so
  });
  form.addEventListener("submit", submit);
  form.addEventListener("keydown", keepFromSending);
  for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault()); // beside the fields it would leave the page
  document.getElementById("discard").addEventListener("click", discard);
  if (asked.get("record")) addTo(asked.get("record"));
}

function told() {
  const kept = _("The draft is kept on this computer ({moment}).", { moment: moment(Date.now()) });
  if (!form.inert)
    say(
      draft.state.outbox
        ? `${kept} ${_("It waits to be sent. Press Enrol again when the connection is back, else it is sent the next time that you are signed in here.")}`
        : kept,
    );
  const address = `/app/enrol?draft=${draft.state.id}`;
  if (!draft.over && location.pathname + location.search !== address) history.replaceState(null, "", address);
}

/** Enter in a field does not send the form: that is for its button, below the review. */
function keepFromSending(event) {
  if (event.key === "Enter" && event.target.matches("input:not([type=file])")) event.preventDefault();
}

async function submit(event) {
  event.preventDefault();
  settle(form);
  const wanting = obstacle(draft.state);
  if (hasTyped()) return;
  const fault = faultOf(form);
  if (fault) return fault.reportValidity();
  if (wanting) {
    complain(form, new Error(wanting[1]));
    return;
  }
  await working(async () => {
    localStorage.setItem(DEVICE, form.elements["encounter.device"].value.trim());
    draft.state.outbox = outbox(form, draft.state);
    await draft.write();
    const answer = await send(draft.state);
    await draft.end();
    close();
    history.replaceState(null, "", "/app/enrol");
    showReceipt(answer);
  });
}

async function working(act) {
  const button = document.getElementById("send");
  form.inert = true;
  button.classList.add("working");
  say(_("It is being sent; by a slow link this takes minutes."));
  try {
    await act();
  } catch (problem) {
    form.inert = false;
    if (!isDelayed(problem)) {
      draft.state.outbox = undefined;
      await draft.write();
    }
    if (draft.isKept) told();
    complain(
      form,
      problem.code === "idempotency_key_reused"
        ? new Error(
            _("This draft was enrolled already, before its last changes. Look for the record, and discard the draft."),
          )
        : problem,
    );
  } finally {
    form.inert = false;
    button.classList.remove("working");
  }
}

function say(text) {
  const status = document.getElementById("kept");
  if (status.textContent !== text) status.textContent = text; // the same again would be read out again
}

async function discard() {
  if (!(await confirmed(_("Discard all that was entered, with its prints and photos?")))) return;
  await draft.end();
  location.assign("/app/");
}

async function addTo(id) {
  try {
    choose(draft, (await ask("GET", `/api/v1/records/${encodeURIComponent(id)}`)).body);
  } catch (problem) {
    notice(problem.message, problem.detail);
  }
}

function notice(text, detail = "") {
  const box = document.getElementById("notice");
  const line = made("p", "", "warning");
  showProblem(line, { message: text, detail });
  line.setAttribute("role", "alert");
  box.replaceChildren(line);
}
