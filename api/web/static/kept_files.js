// The files of searches, in this browser's own store: for a day, and only for who searched. The service keeps none.

const STORE = "searches";
const A_DAY = 24 * 60 * 60 * 1000;

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("pehchan-searches", 1);
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

/** Keeps what a search was made with: `fields` as [name, text or file], as a form is filled. */
export const keepFiles = (id, who, fields) => within("readwrite", (store) => store.put({ id, who, fields, at: Date.now() }));

/** Returns the fields that a search was made with, null where they are not kept any more; what is old is removed. */
export async function keptFields(id, who) {
  for (const one of await within("readonly", (store) => store.getAll())) {
    if (one.who !== who || one.at < Date.now() - A_DAY) await within("readwrite", (store) => store.delete(one.id));
  }
  return (await within("readonly", (store) => store.get(id)))?.fields ?? null;
}
