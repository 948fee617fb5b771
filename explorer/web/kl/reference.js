// What Python found for a state: kl_python.js hands it over, kl.js shows it. One of each on a page.

let latest = null;
const listeners = new Set();

export function deliver(reference) {
  latest = reference;
  for (const listener of listeners) listener(latest);
}

// Calls listener(reference) now, if there is one, and whenever there is a new one. Returns what ends that.
export function listen(listener) {
  listeners.add(listener);
  if (latest) listener(latest);
  return () => listeners.delete(listener);
}
