// What went wrong: in the reader's language, and below it what the service itself says, in English.

const SOURCE = "en"; // what the service says is in it
const language = document.documentElement.lang;
let known = null;

/** Resolves to the sentence of an error's code in the reader's language; "" where what the service says will do. */
export async function sentenceOf(code) {
  if (language === SOURCE) return "";
  known ??= asked();
  return (await known)[code] ?? "";
}

async function asked() {
  try {
    const answer = await fetch(new URL(`../problems.${language}.json`, import.meta.url));
    if (answer.ok) return await answer.json();
  } catch {
    // the connection is gone: what the service says is shown, and the next error asks again
  }
  known = null;
  return {};
}

/** Shows a problem in a place; `about` says what it is of. */
export function showProblem(place, problem, about = "") {
  place.replaceChildren(about + problem.message, ...detail(problem));
}

/** Returns what is shown below a problem's message: what the service says, where the message is not that already. */
export function detail(problem) {
  if (!problem.detail) return [];
  const made = document.createElement("span");
  made.className = "detail";
  made.lang = SOURCE;
  made.textContent = problem.detail;
  return [made];
}
