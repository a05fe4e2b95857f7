// The browser's database, as promises: what a step has returned from is on the disk.

const STORES = { events: { keyPath: "order", autoIncrement: true }, drafts: { keyPath: "cell" } };

export function openStore(name, stores = STORES) {
  return new Promise((resolve) => {
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

export function inStore(db, store, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
