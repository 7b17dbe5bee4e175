// The service worker. With a connection every page comes from the service; without one, the guides, the form of an enrolment and the
// page that says what waits come from this browser. What is stored holds no data: it was requested without a session.

// `PLAN` precedes this script: `cache`, `language`, `files` and `pages` (path: path of what is stored for it), and `other` for the rest.

/** @type {any} */
const worker = self;
/** @type {{ cache: string, language: string, files: string[], pages: Record<string, string>, other: string }} */
const plan = worker.PLAN;
const PREFIX = "pehchan-pages-"; // of the names of our caches

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(store()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => storedPage(request)));
  else if (plan.files.includes(new URL(request.url).pathname)) event.respondWith(storedFile(request));
});

async function store() {
  const cache = await caches.open(plan.cache);
  const headers = { "Accept-Language": plan.language };
  const pages = [...new Set([...Object.values(plan.pages), plan.other])];
  await cache.addAll(plan.files);
  await cache.addAll(pages.map((path) => new Request(path, { credentials: "omit", cache: "no-store", headers })));
  await worker.skipWaiting();
}

/** Removes what earlier versions stored: pages of one version need its own files. */
async function takeOver() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== plan.cache);
  await Promise.all(names.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @param {Request} request */
async function storedPage(request) {
  const cache = await caches.open(plan.cache);
  const page = await cache.match(plan.pages[new URL(request.url).pathname] ?? plan.other);
  return page ?? Response.error();
}

/**
 * A file's address changes with its content, so that the stored one is never out of date.
 *
 * @param {Request} request
 */
async function storedFile(request) {
  const cache = await caches.open(plan.cache);
  return (await cache.match(request)) ?? fetch(request);
}
