// The review: all that will be sent on one page, and what needs attention.

import { isGone, reasonOf } from "./prints/missing_fingers.js";
import { BOOKED } from "./photos/views.js";
import { finger, made, notTaken, reason as wordOf, standing, view } from "./labels.js";
import { _, day, number } from "../lib/messages.js";

const FINGERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

const summary = document.getElementById("summary");
const attention = document.getElementById("attention");
const reason = document.getElementById("reason");

/** Shows the review of a draft, always as it stands. */
export function review(form, draft) {
  const show = () => {
    const { state } = draft;
    summary.replaceChildren(...facts(form, state).flatMap(([what, text]) => [made("dt", what), made("dd", text)]));
    attention.replaceChildren(...wanting(state).map(([place, text, kind]) => line(place, text, kind)));
    const poor = samples(state).some(({ sample }) => standing(sample) === "poor");
    const input = reason.querySelector("input");
    reason.hidden = !poor && !input.value;
    input.disabled = reason.hidden;
    input.required = poor;
  };
  draft.addEventListener("change", show);
  show();
}

/** Returns the first thing that keeps a draft from being sent, as [id of where, sentence], null where nothing does. */
export function obstacle(state) {
  if (!samples(state).length) return ["print-files", _("Nothing was taken yet: add at least one print or photo.")];
  return wanting(state).find(([, , kind]) => kind === "bad must") ?? null;
}

/** Returns every sample of a draft, with what it is called. */
export function samples(state) {
  const prints = Object.entries(state.prints).map(([position, sample]) => ({
    position: Number(position),
    what: finger(position),
    sample,
  }));
  return [...prints, ...state.photos.map((sample) => ({ what: _("Photo {file}", { file: sample.name }), sample }))];
}

function facts(form, state) {
  const text = (name) => form.elements[name].value.trim();
  const chosen = (name) => form.elements[name].selectedOptions[0].textContent;
  const born = text("record.particulars.birth_date") || text("record.birth_year");
  const prints = Object.values(state.prints);
  const qualities = prints.map((print) => print.quality).filter((quality) => Number.isFinite(quality));
  const mean = qualities.length
    ? _("mean quality {mean} of 100", { mean: number(qualities.reduce((sum, one) => sum + one, 0) / qualities.length) })
    : "";
  return [
    [
      _("Person"),
      state.record
        ? _("{name}, national number {number}", state.record)
        : [text("record.name"), chosen("record.sex"), born].filter(Boolean).join(" · "),
    ],
    [_("FIR"), text("encounter.fir_number")],
    [_("Kind"), chosen("encounter.kind")],
    [_("Station"), ["state", "district", "station"].map((level) => text(`encounter.${level}_code`)).join("/")],
    [
      _("Date"),
      [text("encounter.date") && day(text("encounter.date")), text("encounter.time")].filter(Boolean).join(" "),
    ],
    [_("Officer"), text("encounter.officer")],
    [_("Sections"), state.sections.map(({ act, section }) => `${act} ${section}`).join("; ")],
    [_("Prints"), [_("{count} of 10", { count: prints.length }), mean].filter(Boolean).join(" · ")],
    [_("Missing or damaged fingers"), notTaken(state.missing)],
    [_("Photos"), [number(state.photos.length), ...state.photos.map((photo) => view(photo.view))].join(" · ")],
  ].filter(([, value]) => value);
}

function wanting(state) {
  const found = [];
  for (const { file } of state.unplaced)
    found.push(["print-files", _("{file}: say what it shows, or remove it.", { file: file.name }), "bad must"]);
  for (const { position, what, sample } of samples(state)) {
    const where = sample.id ? `photo-${sample.id}` : `finger-${position}`;
    const kind = standing(sample);
    if (kind === "unusable")
      found.push([where, _("{what}: cannot be used; take it again, or remove it.", { what }), "bad must"]);
    if (kind === "poor")
      found.push([where, _("{what}: too poor; take it again, or say below why it is enrolled.", { what }), "bad"]);
    if (sample.id && !sample.view) found.push([where, _("{what}: say from where it was taken.", { what }), "warn"]);
    if (kind === "unchecked" || kind === "checking")
      found.push([where, _("{what}: not checked yet.", { what }), "warn"]);
  }
  return [...found, ...wantingOfFingers(state), ...wantingOfViews(state)];
}

function wantingOfFingers({ prints, missing }) {
  const both = missing.filter((one) => prints[one.position] && isGone(one.reason));
  const absent = FINGERS.filter((position) => !prints[position] && !reasonOf(missing, position));
  const found = both.map(({ position, reason: why }) => {
    const values = { finger: finger(position), reason: wordOf(why) };
    return [
      `finger-${position}`,
      _(
        "{finger}: there is a print, and it is said why there cannot be one ({reason}); take one of the two back.",
        values,
      ),
      "bad must",
    ];
  });
  if (absent.length)
    found.push(["prints-title", _("Not taken: {fingers}", { fingers: absent.map(finger).join(", ") }), "warn"]);
  return found;
}

function wantingOfViews({ photos }) {
  const absent = BOOKED.filter((one) => !photos.some((photo) => photo.view === one));
  if (!photos.length) return [["photo-files", _("There is no photo."), "warn"]];
  return absent.length
    ? [["photo-files", _("Not photographed: {views}", { views: absent.map(view).join(", ") }), "warn"]]
    : [];
}

function line(place, text, kind) {
  const item = made("li", "", kind);
  const link = made("a", text);
  link.href = `#${place}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById(place).focus();
  });
  item.append(link);
  return item;
}
