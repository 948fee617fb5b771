// The site's service worker: it keeps the pages and what a visit has fetched, for use without a network. Python writes
// `site` above it: {version, files}.
//
// Pages come from the network while there is one, so that a new version of the site is seen at once. Everything else
// has a digest in its address and comes from the cache. A new version fetches its files into a cache of its own, takes
// over, and drops the other versions' caches.

const worker = /** @type {any} */ (self);
const CACHE = `${worker.registration.scope} ${worker.site.version}`; // other sites of this host have caches, too
const SCOPE = new URL(worker.registration.scope);

const isOwn = (address) => address.startsWith(SCOPE.href);
const isForEver = (address) => address.startsWith(new URL("assets/", SCOPE).href);

async function keepAll(addresses) {
  const cache = await caches.open(CACHE);
  await Promise.all(
    addresses.map(async (address) => {
      if (!(await cache.match(address))) await cache.add(address);
    }),
  );
}

worker.addEventListener("install", (event) => {
  const addresses = worker.site.files.map((name) => new URL(name, SCOPE).href);
  event.waitUntil(keepAll(addresses).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  const drop = async () => {
    const others = (await caches.keys()).filter((name) => name.startsWith(`${SCOPE.href} `) && name !== CACHE);
    await Promise.all(others.map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(drop());
});

// What a page fetched before it had this worker.
worker.addEventListener("message", (event) => {
  event.waitUntil(keepAll(event.data.filter(isForEver)));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !isOwn(request.url)) return;
  if (request.mode === "navigate") event.respondWith(newest(request));
  else if (isForEver(request.url)) event.respondWith(kept(request));
});

async function newest(request) {
  const cache = await caches.open(CACHE);
  try {
    return await fetch(request);
  } catch (error) {
    const page = new URL(request.url);
    page.search = page.hash = "";
    if (!/\/$|\.html$/.test(page.pathname)) page.pathname += "/";
    const found = await cache.match(page.href.replace(/index\.html$/, ""));
    if (found) return found;
    throw error;
  }
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request.url);
  if (found) return found;
  const response = await fetch(request);
  if (response.status === 200) await cache.put(request.url, response.clone());
  return response;
}
