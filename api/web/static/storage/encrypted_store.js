// Rows of an account in this browser's database, encrypted with AES-GCM under the account's key and bound to their place.

import { account } from "../lib/api.js";
import { accountKey } from "./encryption_key.js";
import { storeOf } from "./indexed_db.js";

const IV_BYTES = 12;
const FILE = "$file"; // in the JSON: the index of a file

/**
 * Returns a store. Its rows have { id, owner, at, waits } in the clear, and two sealed parts: a `head` for lists, and a
 * `body`. Rows of an earlier version have no `body`: they are unsealed, and the row itself is the content.
 */
export function sealedStore(database, name) {
  const within = storeOf(database, name);
  const place = (id, part) => [name, account, id, part];

  /** Returns all rows, of all accounts. */
  const rows = () => within("readonly", (store) => store.getAll());

  return {
    rows,

    /** Returns the account's rows with decrypted heads, the newest first. `head` is null when it cannot be decrypted. */
    async heads() {
      const own = (await rows()).filter((row) => row.owner === account);
      const opened = own.map(async (row) => ({
        ...row,
        head: row.body ? await unsealed(place(row.id, "head"), row.head) : row,
      }));
      return (await Promise.all(opened)).sort((one, other) => other.at - one.at);
    },

    /** Returns the body of a row of the account; null when there is none, or it cannot be decrypted. */
    async open(id) {
      const row = await within("readonly", (store) => store.get(id));
      if (row?.owner !== account) return null;
      return row.body ? unsealed(place(id, "body"), row.body) : row;
    },

    /** Writes a row, in place of the one before. */
    async put(id, { head, body, waits = false, at = Date.now() }) {
      const parts = { head: await sealed(place(id, "head"), head), body: await sealed(place(id, "body"), body) };
      await within("readwrite", (store) => store.put({ id, owner: account, at, waits, ...parts }));
    },

    remove: (id) => within("readwrite", (store) => store.delete(id)),
  };
}

async function sealed(place, value) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const content = await packed(value);
  return new Blob([iv, await crypto.subtle.encrypt(boundTo(iv, place), await accountKey(), content)]);
}

async function unsealed(place, blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const key = await accountKey();
  try {
    return unpacked(await crypto.subtle.decrypt(boundTo(bytes.slice(0, IV_BYTES), place), key, bytes.slice(IV_BYTES)));
  } catch (error) {
    if (error.name !== "OperationError") throw error;
    return null; // it was changed or moved, or another installation sealed it
  }
}

const boundTo = (iv, place) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(place.join("\x1f")) });

/** Serialises a value that contains files: the length of the JSON, the JSON, and the bytes of each file once. */
function packed(value) {
  const files = [];
  const placeOf = (file) => (files.includes(file) ? files.indexOf(file) : files.push(file) - 1);
  const text = JSON.stringify(value, (_name, one) => (one instanceof Blob ? { [FILE]: placeOf(one) } : one));
  const kinds = files.map(({ name, type, size }) => ({ name, type, size }));
  const json = new TextEncoder().encode(JSON.stringify([kinds, text]));
  return new Blob([new Uint32Array([json.length]), json, ...files]).arrayBuffer();
}

function unpacked(buffer) {
  const [length] = new Uint32Array(buffer, 0, 1);
  let at = 4 + length;
  const [kinds, text] = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const files = kinds.map(({ name, type, size }) => {
    const bytes = buffer.slice(at, at + size);
    at += size;
    return name === undefined ? new Blob([bytes], { type }) : new File([bytes], name, { type });
  });
  return JSON.parse(text, (_name, one) => files[one?.[FILE]] ?? one);
}
