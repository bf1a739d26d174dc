// Answers from what this browser keeps when the site cannot be reached, or is silent. The page itself fills the
// caches: the packs of the engine, and all lessons once the reader has asked for Python.

const LESSONS = "learn-dl-lessons";
const SILENT = 10; // seconds without an answer, after which what is kept will do

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const own = new URL(request.url).href.startsWith(registration.scope);
  if (request.method === "GET" && own && !request.url.endsWith(".gz")) event.respondWith(answer(request));
});

async function answer(request) {
  const answered = fromNetwork(request);
  const silence = new Promise((_, reject) => setTimeout(reject, SILENT * 1000));
  try {
    return await Promise.race([answered, silence]);
  } catch {
    return (await kept(request)) ?? answered;
  }
}

async function fromNetwork(request) {
  // The browser may keep what names its version; of all else the newest, lest two builds mix.
  const lasting = request.destination === "font" || new URL(request.url).searchParams.has("v");
  const response = await fetch(request, lasting ? {} : { cache: "no-cache" });
  if (response.ok) keep(request, response.clone());
  return response;
}

async function kept(request) {
  const cache = await caches.open(LESSONS);
  const found = await cache.match(request, { ignoreSearch: true });
  return found ?? (request.url.endsWith("/") ? cache.match(new URL("index.html", request.url)) : null);
}

async function keep(request, response) {
  try {
    const cache = await caches.open(LESSONS);
    const address = new URL(request.url);
    address.search = address.hash = "";
    await cache.put(address, response);
  } catch {
    // A full disk or a private window: the page is read from the network then.
  }
}
