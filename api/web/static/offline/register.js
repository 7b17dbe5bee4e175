// Stores what is needed without a connection, once the page has loaded: it must not wait for that.

import { pagePath } from "../lib/paths.js";

if (navigator.serviceWorker && document.body.dataset.account) {
  const path = pagePath(`/service-worker.js?language=${document.documentElement.lang}`);
  const register = () => navigator.serviceWorker.register(path, { scope: pagePath("/") });
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
}
