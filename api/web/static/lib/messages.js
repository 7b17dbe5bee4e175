// The texts that scripts show, in the reader's language: the page brings them along.

const known = JSON.parse(document.getElementById("messages")?.textContent || "{}");

/** Returns a text in the reader's language, with {name} replaced by `values.name`. */
export function _(text, values = {}) {
  return (known[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

const places = document.documentElement.lang + "-IN";

/** Writes a number as the language does. */
export const number = (value, digits = 0) =>
  new Intl.NumberFormat(places, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** Writes a moment, given in milliseconds or as ISO 8601, in this computer's time. */
export const moment = (value) =>
  new Intl.DateTimeFormat(places, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }).format(
    new Date(value),
  );

/** Writes a day, given as YYYY-MM-DD. */
export const day = (value) =>
  new Intl.DateTimeFormat(places, { dateStyle: "medium" }).format(new Date(`${value}T00:00`));
