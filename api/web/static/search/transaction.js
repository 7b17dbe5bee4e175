// ANSI/NIST files that request a search: they are sent unchanged. A file that requests anything else is not sent.

import { Problem } from "../lib/api.js";
import { _ } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";
import { runTask } from "../lib/tasks.js";

const SEARCHES = new Set(["TPIS", "TPFS", "LFIS", "LFFS", "AMN", "CPS", "NPS", "MPS"]);
const FIELD_END = "\x1d"; // the separators of ANSI/NIST-ITL
const RECORD_END = "\x1c";

/**
 * Sends the chosen file, of which there must be one; returns the ids of the searches that it requested. Throws a Problem.
 *
 * @param {File[]} files
 * @param {(text: string) => void} onProgress
 * @param {AbortSignal} signal
 */
export async function searchWithTransaction(files, onProgress, signal) {
  if (files.length > 1)
    throw new Problem("invalid_field", _("An ANSI/NIST file must be searched with alone; remove the other files."));
  const [file] = files;
  const type = await transactionType(file);
  if (type && !SEARCHES.has(type))
    throw new Problem(
      "invalid_field",
      _("The file does not request a search ({kind}), so nothing was sent.", { kind: type }),
    );
  const headers = { "Content-Type": "application/octet-stream" };
  const response = await runTask(apiPath("/itl/transactions"), { form: file, headers }, onProgress, signal);
  const searches = (response.headers.get("Link") ?? "").match(/(?<=\/searches\/)[0-9a-f-]+/g) ?? [];
  if (!searches.length) throw new Problem("refused", await errorText(response.body));
  return searches;
}

/**
 * Returns the type of transaction (field 1.004); "" if the file is no transaction: the service then says what is wrong.
 *
 * @param {File} file
 */
async function transactionType(file) {
  const head = await file.slice(0, 2000).text();
  const field = head.split(FIELD_END).find((text) => /^1\.0*4:/.test(text)) ?? "";
  return field.slice(field.indexOf(":") + 1).trim();
}

/**
 * Returns the error text of a response file (field 2.060).
 *
 * @param {Blob} file
 */
async function errorText(file) {
  const fields = (await file.text()).split(RECORD_END).flatMap((record) => record.split(FIELD_END));
  const field = fields.find((text) => /^2\.0*60:/.test(text));
  return field?.slice(field.indexOf(":") + 1) ?? _("The file was processed without a search.");
}
