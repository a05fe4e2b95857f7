// The browser's database, as promises: what a step has returned from is on the disk.

const STORES = { events: { keyPath: "order", autoIncrement: true }, drafts: { keyPath: "cell" } };

/** @param {string} name @param {Record<string, IDBObjectStoreParameters>} [stores]
 * @returns {Promise<IDBDatabase | null>} */
export function openStore(name, stores = STORES) {
  return new Promise((resolve) => {
    /** @type {IDBOpenDBRequest} */
    let request;
    try {
      request = indexedDB.open(name, 1);
    } catch {
      resolve(null); // forbidden here; the card says so once something is not saved
      return;
    }
    request.onupgradeneeded = () => {
      for (const [store, settings] of Object.entries(stores)) request.result.createObjectStore(store, settings);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
}

/** @template T @param {IDBDatabase} db @param {string} store @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T> | undefined} work @returns {Promise<T>} */
export function inStore(db, store, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const request = /** @type {IDBRequest<T>} */ (work(transaction.objectStore(store)));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
