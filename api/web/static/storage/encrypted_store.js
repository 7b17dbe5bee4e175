// Rows of an account in this browser's database, encrypted with AES-GCM under the account's key and bound to their place. Without a
// connection there is no account's key: then they are encrypted for the account's public key.

import { account, asError, isOffline, offlineAccount, rememberAccount } from "../lib/api.js";
import { accountKey } from "./encryption_key.js";
import { openStore } from "./indexed_db.js";

const IV_BYTES = 12;
const FILE = "$file"; // in the JSON: the index of a file
const PAIR = "pair"; // the row with the keys for work without a connection, before the account's id

/**
 * @typedef {object} Row a stored row
 * @property {string} id
 * @property {string} owner the account's id
 * @property {number} at milliseconds
 * @property {boolean} [waits]
 * @property {Blob} head encrypted, for lists
 * @property {Blob} body encrypted
 * @property {ArrayBuffer} [half] of the key's agreement, if it was encrypted for the public key
 */

/**
 * Returns an encrypted store.
 *
 * @param {string} database
 * @param {string} name
 */
export function encryptedStore(database, name) {
  const transact = openStore(database, name);
  /**
   * @param {string} id
   * @param {string} part
   */
  const place = (id, part) => [name, account, id, part];

  /**
   * Returns all rows, of all accounts.
   *
   * @returns {Promise<Row[]>}
   */
  const rows = () => transact("readonly", (store) => store.getAll());

  return {
    rows,

    /** Returns the account's rows with decrypted heads, the newest first. `head` is null if it cannot be decrypted. */
    async heads() {
      const own = (await rows()).filter((row) => row.owner === account);
      const heads = own.map(async ({ id, at, waits = false, head, ...row }) => ({
        id,
        at,
        waits,
        isFromOffline: Boolean(row.half),
        head: await decrypt(place(id, "head"), head, await keyOfRow(row)),
      }));
      return (await Promise.all(heads)).sort((a, b) => b.at - a.at);
    },

    /**
     * Returns the body of a row of the account; null if there is none, or it cannot be decrypted.
     *
     * @param {string} id
     * @returns {Promise<any>}
     */
    async open(id) {
      /** @type {Row | undefined} */
      const row = await transact("readonly", (store) => store.get(id));
      if (row?.owner !== account) return null;
      return decrypt(place(id, "body"), row.body, await keyOfRow(row));
    },

    /**
     * Writes a row, in place of the one before.
     *
     * @param {string} id
     * @param {{ head: unknown, body: unknown, waits?: boolean, at?: number }} content
     */
    async put(id, { head, body, waits = false, at = Date.now() }) {
      const { key, half } = isOffline
        ? await (await offlineKeys()).keyFor(offlineAccount()?.publicKey ?? "")
        : { key: await accountKey() };
      const parts = {
        head: await encrypt(place(id, "head"), head, key),
        body: await encrypt(place(id, "body"), body, key),
      };
      await transact("readwrite", (store) =>
        store.put({ id, owner: account, at, waits, ...parts, ...(half && { half }) }),
      );
    },

    /**
     * Removes a row.
     *
     * @param {string} id
     * @returns {Promise<void>}
     */
    remove: (id) => transact("readwrite", (store) => store.delete(id)),
  };
}

const keys = encryptedStore("pehchan-offline", "keys");
const offlineKeys = () => import("./offline_key.js"); // seldom needed

/** Lets this browser enrol for the account without a connection, until it signs out. */
export async function prepareForOffline() {
  if (offlineAccount()?.account === account) return;
  const id = `${PAIR} ${account}`;
  // One page at a time: of two pairs, the later one would replace the other's private key.
  await navigator.locks.request("pehchan offline", async () => {
    /** @type {{ publicKey: string, privateKey: string } | null} */
    let pair = await keys.open(id);
    if (!pair) {
      pair = await (await offlineKeys()).newPair();
      await keys.put(id, { head: null, body: pair });
    }
    await accountKey(); // rejects if the account has signed out meanwhile
    rememberAccount({ account, publicKey: pair.publicKey });
  });
}

/**
 * @param {{ half?: ArrayBuffer }} row
 * @returns {Promise<CryptoKey>}
 */
async function keyOfRow({ half }) {
  if (!half) return accountKey();
  const pair = await keys.open(`${PAIR} ${account}`);
  return pair ? (await offlineKeys()).keyOf(pair.privateKey, half) : accountKey(); // the pair is gone: it cannot be decrypted
}

/**
 * @param {string[]} place
 * @param {unknown} value
 * @param {CryptoKey} key
 */
async function encrypt(place, value, key) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const content = await serialise(value);
  return new Blob([iv, await crypto.subtle.encrypt(parameters(iv, place), key, content)]);
}

/**
 * @param {string[]} place
 * @param {Blob} blob
 * @param {CryptoKey} key
 */
async function decrypt(place, blob, key) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  try {
    const iv = bytes.slice(0, IV_BYTES);
    return deserialise(await crypto.subtle.decrypt(parameters(iv, place), key, bytes.slice(IV_BYTES)));
  } catch (error) {
    if (asError(error).name !== "OperationError") throw error;
    return null; // it was changed or moved, or another installation encrypted it
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} iv
 * @param {string[]} place
 */
const parameters = (iv, place) => ({
  name: "AES-GCM",
  iv,
  additionalData: new TextEncoder().encode(place.join("\x1f")),
});

/**
 * Serialises a value that contains files: the length of the JSON, the JSON, and the bytes of each file once.
 *
 * @param {unknown} value
 */
function serialise(value) {
  /** @type {Blob[]} */
  const files = [];
  /** @param {Blob} file */
  const indexOf = (file) => (files.includes(file) ? files.indexOf(file) : files.push(file) - 1);
  const text = JSON.stringify(value, (_name, part) => (part instanceof Blob ? { [FILE]: indexOf(part) } : part));
  const headers = files.map((file) => ({
    name: file instanceof File ? file.name : undefined,
    type: file.type,
    size: file.size,
  }));
  const json = new TextEncoder().encode(JSON.stringify([headers, text]));
  return new Blob([new Uint32Array([json.length]), json, ...files]).arrayBuffer();
}

/** @param {ArrayBuffer} buffer */
function deserialise(buffer) {
  const [length] = new Uint32Array(buffer, 0, 1);
  let offset = 4 + length;
  /** @type {[{ name?: string, type: string, size: number }[], string]} */
  const [headers, text] = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const files = headers.map(({ name, type, size }) => {
    const bytes = buffer.slice(offset, offset + size);
    offset += size;
    return name === undefined ? new Blob([bytes], { type }) : new File([bytes], name, { type });
  });
  return JSON.parse(text, (_name, part) => files[part?.[FILE]] ?? part);
}
