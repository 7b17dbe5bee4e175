// Stores of this browser's database (IndexedDB), whose rows are identified by their `id`.

/**
 * @callback Transact runs a function in a transaction and returns the result of its request
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} act
 * @returns {Promise<any>}
 */

/**
 * Returns a function that runs transactions on a store, such as `transact("readonly", (store) => store.get(id))`. The
 * database is opened at the first use.
 *
 * @param {string} database
 * @param {string} name
 * @returns {Transact}
 */
export function openStore(database, name) {
  /** @type {Promise<IDBDatabase> | undefined} */
  let opening;

  function open() {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(database, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(name, { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opening;
  }

  return async function transact(mode, act) {
    const transaction = (await open()).transaction(name, mode);
    const request = act(transaction.objectStore(name));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
}
