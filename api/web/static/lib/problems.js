// Error messages: in the reader's language, and below them the service's own text, in English.

const SERVICE_LANGUAGE = "en";
const language = document.documentElement.lang;
/** @type {Promise<Record<string, string>> | null} */
let translations = null;

/**
 * Returns the message of an error code in the reader's language; "" if the service's own text will do.
 *
 * @param {string} code
 */
export async function translatedProblem(code) {
  if (language === SERVICE_LANGUAGE) return "";
  translations ??= load();
  return (await translations)[code] ?? "";
}

/** @returns {Promise<Record<string, string>>} */
async function load() {
  try {
    const response = await fetch(new URL(`../problems.${language}.json`, import.meta.url));
    if (response.ok) return await response.json();
  } catch {
    // there is no connection: the service's own text is shown, and the next error tries again
  }
  translations = null;
  return {};
}

/**
 * Shows a problem in an element, after a text that says what it is about.
 *
 * @param {Element} element
 * @param {{ message: string, detail?: string }} problem
 */
export function showProblem(element, problem, about = "") {
  element.replaceChildren(about + problem.message, ...detail(problem));
}

/** @param {{ detail?: string }} problem */
function detail(problem) {
  if (!problem.detail) return [];
  const element = document.createElement("span");
  element.className = "detail";
  element.lang = SERVICE_LANGUAGE;
  element.textContent = problem.detail;
  return [element];
}
