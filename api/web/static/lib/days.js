// Days as India writes them: dd/mm/yyyy in fields <input data-kind="date">, YYYY-MM-DD in requests.

import { _ } from "./messages.js";

/**
 * Returns a typed day as YYYY-MM-DD; "" if there is no such day.
 *
 * @param {string} text
 */
export function isoDay(text) {
  const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text.trim()) ?? [];
  if (!day) return "";
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${iso}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : "";
}

/**
 * Returns a day of YYYY-MM-DD as it is typed; any other text as it is.
 *
 * @param {string} text
 */
export const typedDay = (text) => text.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1");

/** Returns today's day on this computer, as it is typed. */
export function today() {
  const now = new Date();
  return typedDay(new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10));
}

/**
 * Says what is wrong with the day in a field, "" if nothing is. With `data-past` it may not be later than today.
 *
 * @param {HTMLInputElement} field
 */
export function dayProblem(field) {
  if (!field.value.trim()) return "";
  const day = isoDay(field.value);
  if (!day) return _("Enter the day, the month and the year, such as 05/11/2026.");
  return field.dataset.past !== undefined && day > isoDay(today()) ? _("This day is later than today.") : "";
}
