// ANSI/NIST files that ask for a search: sent as they are. A file that asks for something else is not sent from here.

import { Problem } from "../lib/api.js";
import { _ } from "../lib/messages.js";
import { askLater } from "../lib/tasks.js";

const SEARCHES = new Set(["TPIS", "TPFS", "LFIS", "LFFS", "AMN"]);
const FIELD_END = "\x1d"; // the separators of ANSI/NIST-ITL
const RECORD_END = "\x1c";

/** Sends the one file of these rows; returns the ids of the searches that it asked for. Throws a Problem. */
export async function searchesOf(rows, tell, signal) {
  if (rows.length > 1)
    throw new Problem("invalid_field", _("An ANSI/NIST file is searched with by itself; remove the other files."));
  const [{ file }] = rows;
  const kind = await kindOf(file);
  if (kind && !SEARCHES.has(kind))
    throw new Problem(
      "invalid_field",
      _("The file asks for something else than a search ({kind}); nothing was sent.", { kind }),
    );
  const headers = { "Content-Type": "application/octet-stream" };
  const answer = await askLater("/api/v1/itl/transactions", { form: file, headers }, tell, signal);
  const found = (answer.headers.get("Link") ?? "").match(/(?<=\/searches\/)[0-9a-f-]+/g) ?? [];
  if (!found.length) throw new Problem("refused", await reason(answer.body));
  return found;
}

/** Returns the type of transaction, 1.004, "" where the file is not such a one: the service says what is wrong then. */
async function kindOf(file) {
  const head = await file.slice(0, 2000).text();
  return (
    head
      .split(FIELD_END)
      .find((field) => /^1\.0*4:/.test(field))
      ?.split(":")[1]
      .trim() ?? ""
  );
}

/** Returns what an answer's file says, 2.060. */
async function reason(file) {
  const text = await file.text();
  return (
    text
      .split(RECORD_END)
      .flatMap((record) => record.split(FIELD_END))
      .find((field) => /^2\.0*60:/.test(field))
      ?.split("60:")[1] ?? _("The file was answered without a search.")
  );
}
