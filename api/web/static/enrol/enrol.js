// The enrolment page: fields, lists, prints and photos of a draft, which is sent when the officer says so.

import { account, asError, isDelayed, isOffline, request } from "../lib/api.js";
import { confirmed } from "../lib/dialogs.js";
import { byId, create, queryAll } from "../lib/dom.js";
import { today } from "../lib/days.js";
import { clearFormProblem, fieldNamed, fieldsOf, showFormProblem } from "../lib/forms.js";
import { _, moment } from "../lib/messages.js";
import { apiPath, pagePath } from "../lib/paths.js";
import { showProblem } from "../lib/problems.js";
import { accountKey, canEncrypt } from "../storage/encryption_key.js";
import { Draft } from "./draft.js";
import { chooseRecord, suggestExistingRecords } from "./existing_records.js";
import { checkFields, connectFieldChecks } from "./field_checks.js";
import { connectSections, hasTypedSection } from "./offence_sections.js";
import { connectCamera, stopCamera } from "./photos/camera.js";
import { Photos } from "./photos/photos.js";
import { fieldOf } from "./labels.js";
import { offerForAll } from "./prints/capture_settings.js";
import { addInspectedFiles, connectOtherFiles } from "./other_files.js";
import { showOverview } from "./overview.js";
import { FileAssignment } from "./prints/file_assignment.js";
import { TenPrintCard } from "./prints/ten_print_card.js";
import { showReceipt } from "./receipt.js";
import { connectRows } from "./repeatable_rows.js";
import { blockingIssue, showReview } from "./review.js";
import { pairedToken } from "./scanner/pairing.js";
import { connectStation } from "./station.js";
import { Steps } from "./steps.js";
import { isSame, outboxOf, send } from "./submission.js";

const DEVICE = "pehchan.device"; // the key in localStorage

const form = byId("enrol", HTMLFormElement);
const status = byId("kept");
const storing = byId("storing");
const parameters = new URLSearchParams(location.search);

if (canEncrypt && !isOffline) accountKey().catch(() => {}); // for a connection that is lost later; writing the draft tries again, and reports problems
prefill();
form.inert = true; // what is entered before the draft is open would be lost
const draft = await openDraft();
restore();
const steps = connect();
const mayEnter = !isOffline || (canEncrypt && Boolean(account));
if (!mayEnter)
  showNotice(_("Sign in on this computer while there is a connection. After that you can enrol without one."));
form.inert = !mayEnter;

/** Fills in today's date and the device of the last enrolment. */
function prefill() {
  fieldNamed(form, "encounter.date").value = today();
  fieldNamed(form, "encounter.device").value = localStorage.getItem(DEVICE) ?? "";
}

/** Returns the draft that the address names, else an empty one. */
async function openDraft() {
  const id = parameters.get("draft");
  if (!id) return Draft.empty();
  try {
    const opened = await Draft.open(id);
    if (opened) return opened;
    showNotice(_("This draft is no longer on this computer, or belongs to another account. This is a new draft."));
  } catch (error) {
    const text = _("The draft cannot be opened now. It is still on this computer. This is a new draft.");
    showNotice(text, asError(error).message);
  }
  return Draft.empty();
}

/** Shows the fields of the draft. */
function restore() {
  const { fields, prints, photos, others, unplaced } = draft.state;
  for (const field of fieldsOf(form)) {
    const value = fields[field.name];
    if (value !== undefined) field.value = value;
  }
  for (const file of [...Object.values(prints), ...photos, ...others, ...unplaced]) file.checking = false;
}

/** Connects the parts of the page with the draft; returns its steps. */
function connect() {
  connectFieldChecks(form);
  connectStation(form);
  form.addEventListener("input", ({ target }) => {
    if (target instanceof Element && target.getAttribute("name")) storeFields();
  });
  const card = new TenPrintCard(draft);
  const photos = new Photos(draft);
  const others = connectOtherFiles(draft);
  new FileAssignment(
    draft,
    card,
    (samples) => {
      const ofFaces = samples.filter(({ modality, position }) => fieldOf(modality, position) === "photo");
      photos.addInspected(ofFaces);
      addInspectedFiles(
        draft,
        samples.filter((sample) => !ofFaces.includes(sample)),
      );
    },
    (field, file) => {
      const part = others.get(field);
      if (part) part.add([file], field);
      else photos.take([file]);
    },
  );
  offerForAll(draft, (settings) => card.useForAll(settings));
  connectCamera((file, view) => photos.take([file], view));
  if (pairedToken()) connectToScanner(card, others);
  for (const box of queryAll(document, "[data-rows]")) connectRows(box, draft);
  byId("more-person", HTMLDetailsElement).open = Object.values(draft.state.lists).some((rows) => rows.length);
  suggestExistingRecords(draft);
  connectSections(draft);
  const made = new Steps(form, draft, stopCamera);
  const reveal = made.reveal.bind(made);
  showReview(form, draft, reveal);
  showOverview(draft, reveal);
  draft.addEventListener("change", () => {
    byId("title").textContent = draft.state.title ? _("Enrol: {name}", { name: draft.state.title }) : _("Enrol");
    storing.hidden = !canEncrypt; // without encryption nothing is stored
    const { outbox } = draft.state;
    if (outbox && !isSame(outbox, outboxOf(form, draft.state))) draft.state.outbox = undefined; // not what the officer has sent
  });
  draft.addEventListener("kept", showStored);
  draft.addEventListener("unkept", (event) => {
    storing.hidden = true;
    say("");
    if (canEncrypt && event instanceof CustomEvent) {
      const text = _("This browser cannot store the draft. Do not close the page before it is sent.");
      showNotice(text, event.detail.message).dataset.unkept = ""; // without encryption the page says so
    }
  });
  form.addEventListener("submit", submit);
  form.addEventListener("keydown", preventEnter);
  byId("discard").addEventListener("click", discard);
  const record = parameters.get("record");
  if (record) addToRecord(record);
  return made;
}

/**
 * Gives the page what the scanner of this computer captures.
 *
 * @param {TenPrintCard} card
 * @param {ReturnType<typeof connectOtherFiles>} others
 */
async function connectToScanner(card, others) {
  const { connectScanner } = await import("./scanner/scanning.js");
  connectScanner({
    putFinger: (position, file, settings) => card.put(position, file, settings),
    putEye: (position, file) => others.get(fieldOf("iris", position))?.add([file]),
    missing: () => draft.state.missing.map(({ position }) => position),
    good: (impression) => card.goodPositions(impression),
    onDevice: (name) => {
      const device = fieldNamed(form, "encounter.device");
      device.value = name;
      device.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
}

function storeFields() {
  draft.change((state) => {
    state.fields = Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
    state.title = state.record?.name ?? state.fields["record.name"].trim();
  });
}

function showStored() {
  storing.hidden = true;
  byId("notice").querySelector("[data-unkept]")?.remove();
  const stored = _("Draft stored on this computer ({moment}).", { moment: moment(Date.now()) });
  if (!form.inert) say(draft.state.outbox ? `${stored} ${waitsText()}` : stored);
  const address = pagePath(`/enrol?draft=${draft.state.id}`);
  if (!draft.hasEnded && location.pathname + location.search !== address)
    history.replaceState(null, "", address + location.hash);
}

const waitsText = () =>
  _(
    "Waiting to be sent. Press Enrol again when the connection is back; otherwise it is sent the next time you are signed in here.",
  );

/**
 * Keeps Enter in a field from sending the form: that is for its button, below the review.
 *
 * @param {KeyboardEvent} event
 */
function preventEnter(event) {
  if (event.key === "Enter" && event.target instanceof Element && event.target.matches("input:not([type=file])"))
    event.preventDefault();
}

/** @param {SubmitEvent} event */
async function submit(event) {
  event.preventDefault();
  clearFormProblem(form);
  const issue = blockingIssue(draft.state);
  if (hasTypedSection(steps.reveal.bind(steps))) return;
  const invalid = checkFields(form, form);
  if (invalid) {
    steps.reveal(invalid);
    return;
  }
  if (issue) {
    showFormProblem(form, new Error(issue));
    return;
  }
  await whileSending(async () => {
    localStorage.setItem(DEVICE, fieldNamed(form, "encounter.device").value.trim());
    if (isOffline) {
      await draft.write();
      await accountKey(); // nobody has signed in on this page: until somebody does, nothing waits to be sent in their name
    }
    draft.state.outbox = outboxOf(form, draft.state);
    await draft.write();
    const enrolment = await send(draft.state);
    await draft.end();
    stopCamera();
    history.replaceState(null, "", pagePath("/enrol"));
    showReceipt(enrolment);
  });
}

/** @param {() => Promise<void>} act */
async function whileSending(act) {
  const button = byId("send");
  form.inert = true;
  button.classList.add("working");
  byId("notice").querySelector(".notice")?.remove();
  say(_("Sending. Over a slow connection this takes minutes."));
  try {
    await act();
  } catch (error) {
    const problem = asError(error);
    form.inert = false;
    if (!isDelayed(problem)) {
      draft.state.outbox = undefined;
      await draft.write();
    }
    if (draft.isStored) showStored();
    if (draft.isStored && problem.code === "offline") return showWaiting();
    const reused = _(
      "This draft was enrolled already, before its last changes. Look for the record, and discard the draft.",
    );
    showFormProblem(form, problem.code === "idempotency_key_reused" ? new Error(reused) : problem);
  } finally {
    form.inert = false;
    button.classList.remove("working");
  }
}

/** Says that the enrolment waits for the connection: nothing is lost, and nothing was wrong. */
function showWaiting() {
  const next = isOffline
    ? _(
        "The draft is stored on this computer. When the connection is back, sign in, open the draft from the home page, check it and press Enrol.",
      )
    : waitsText();
  const line = create("p", `${_("There is no connection to the service.")} ${next}`, "notice");
  line.setAttribute("role", "alert");
  line.tabIndex = -1;
  byId("notice").replaceChildren(line);
  line.focus();
}

/** @param {string} text */
function say(text) {
  if (status.textContent !== text) status.textContent = text; // screen readers would read the same text again
}

async function discard() {
  if (!(await confirmed(_("Discard everything you entered, including prints and photos?"), _("Discard")))) return;
  await draft.end();
  location.assign(pagePath("/"));
}

/** @param {string} id */
async function addToRecord(id) {
  try {
    chooseRecord(draft, (await request("GET", apiPath(`/records/${encodeURIComponent(id)}`))).body);
  } catch (error) {
    const { message, detail } = asError(error);
    showNotice(message, detail);
  }
}

/**
 * @param {string} text
 * @returns {HTMLElement} the notice
 */
function showNotice(text, detail = "") {
  const line = create("p", "", "warning");
  showProblem(line, { message: text, detail });
  line.setAttribute("role", "alert");
  byId("notice").replaceChildren(line);
  return line;
}
