// Which trainings belong to this tab. The server keeps trainings by session. A tab that was reloaded, or whose session
// was lost during a cut of the connection, has a new session, which takes over the trainings of the one before.

import { inTabStorage } from "../parts/tab_storage.js";

const KEY = "practice trainings"; // in the tab's storage
const PATIENCE = 300,
  RETRY = 1500; // ms for another tab to answer; from one question to the server to the next

let held = null; // the token of this document's trainings, once there are any

// A duplicated tab begins with a copy of the storage. The original is still there, and answers.
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(KEY) : null;
tabs?.addEventListener("message", ({ data }) => {
  if (data.wanted && data.wanted === held) tabs.postMessage({ inUse: held });
});

function isInUse(token) {
  if (!tabs) return Promise.resolve(false);
  return new Promise((resolve) => {
    const listen = ({ data }) => data.inUse === token && end(true);
    const end = (answer) => {
      tabs.removeEventListener("message", listen);
      clearTimeout(timer);
      resolve(answer);
    };
    const timer = setTimeout(end, PATIENCE, false);
    tabs.addEventListener("message", listen);
    tabs.postMessage({ wanted: token });
  });
}

// token: of the trainings that this document has now; null where there are none that anybody could lose.
export function hold(token) {
  if (token === held) return;
  held = token;
  inTabStorage((storage) => (token ? storage.setItem(KEY, token) : storage.removeItem(KEY)));
}

function forget() {
  held = null;
  inTabStorage((storage) => storage.removeItem(KEY));
}

// token: of the session's trainings; address: theirs. Resolves to "kept" once the session has taken over the trainings
// that this tab had before; to "new" if it had none; to "ended" or "restarted" if they are gone.
export async function takeOver(token, address) {
  const before = held ?? inTabStorage((storage) => storage.getItem(KEY));
  if (!before || before === token) return "new";
  if (before !== held && (await isInUse(before))) {
    forget();
    return "new";
  }
  for (;;) {
    try {
      const signal = AbortSignal.timeout?.(10 * RETRY);
      const { ok, status } = await fetch(address, { method: "POST", body: before, signal });
      if (ok || status < 500) {
        if (ok) hold(token);
        else forget();
        return ok ? "kept" : goneFor(status);
      }
    } catch {
      // no connection
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY));
  }
}

// Why the server has no such trainings: they ended, or it was restarted and has never had them.
export const goneFor = (status) => (status === 410 ? "ended" : "restarted");
