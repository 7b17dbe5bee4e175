// Paths of the service: the page states where its API and its pages are.

const { api = "", app = "" } = document.documentElement.dataset;

/**
 * Returns the path of an API resource, such as apiPath("/searches").
 *
 * @param {string} path
 */
export const apiPath = (path) => api + path;

/**
 * Returns the path of a page, such as pagePath("/sign-in").
 *
 * @param {string} path
 */
export const pagePath = (path) => app + path;
