// The texts that scripts show, in the reader's language: the page contains the translations.

/** @type {Record<string, string>} */
const translations = JSON.parse(document.getElementById("messages")?.textContent || "{}");

/**
 * Returns a text in the reader's language, with {name} replaced by `values.name`.
 *
 * @param {string} text
 * @param {Record<string, any>} values
 */
export function _(text, values = {}) {
  return (translations[text] ?? text).replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
}

const locale = document.documentElement.lang + "-IN";

/**
 * Formats a number.
 *
 * @param {number} value
 */
export const number = (value, digits = 0) =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

const zone = document.documentElement.dataset.zone;

/**
 * Formats a time, given in milliseconds or as ISO 8601, in the zone of the service's settings, else of this computer.
 *
 * @param {number | string} value
 */
export const moment = (value, seconds = false) =>
  new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: seconds ? "2-digit" : undefined,
    hourCycle: "h23",
    timeZone: zone,
    timeZoneName: "short",
  }).format(new Date(value));

/**
 * Formats a day, given as YYYY-MM-DD.
 *
 * @param {string} value
 */
export const day = (value) =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(`${value}T00:00`));
