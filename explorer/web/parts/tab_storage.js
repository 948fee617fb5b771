// The tab's own storage, which a reload keeps. A browser may forbid it, or it may be full: then nothing is kept.

/** @template T @param {(storage: Storage) => T} use @returns {T | null} */
export function inTabStorage(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}
