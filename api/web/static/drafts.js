// Drafts of enrolments, files and all, in this browser's own store: a lost connection or a closed tab loses nothing.

const NAME = "pehchan";
const STORE = "drafts";

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function within(mode, act) {
  const transaction = (await open()).transaction(STORE, mode);
  const request = act(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** Returns all drafts, the newest first: { id, title, at, ... }. */
export const drafts = async () => (await within("readonly", (store) => store.getAll())).sort((one, other) => other.at - one.at);

/** Returns a draft, undefined where there is none of this id. */
export const draft = (id) => within("readonly", (store) => store.get(id));

/** Keeps a draft in place of what it was. */
export const keep = (one) => within("readwrite", (store) => store.put({ ...one, at: Date.now() }));

/** Forgets a draft. */
export const forget = (id) => within("readwrite", (store) => store.delete(id));
