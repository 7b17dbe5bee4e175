// What the forms of a search and of the latent desk have in common.

const HOW = {
  usual: { mode: "identification", target_fpir: "0.001" },
  stricter: { mode: "identification", target_fpir: "0.0001" },
  investigation: { mode: "investigation" },
};

/** Returns the fields of a search's form, as [name, text], without files and without what is empty. */
export function searchFields(form) {
  const {
    how,
    group: _group,
    ...given
  } = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const fields = Object.entries({ ...given, ...HOW[how] });
  return fields.map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
}

/** Makes a form data of [name, value]. */
export function formData(fields) {
  const data = new FormData();
  for (const [name, value] of fields) {
    if (value instanceof File) data.append(name, value, value.name);
    else data.append(name, value);
  }
  return data;
}

/** Shows the progress of what takes long while `act` runs; the button cancels, and `form` is shown again after it. */
export async function progressing(form, act) {
  const box = document.getElementById("progress");
  const stage = document.getElementById("stage");
  const cancel = document.getElementById("cancel");
  const controller = new AbortController();
  const stop = () => controller.abort();
  cancel.addEventListener("click", stop, { once: true });
  box.hidden = false;
  form.inert = true;
  box.focus();
  try {
    return await act((sentence) => (stage.textContent = sentence), controller.signal);
  } finally {
    cancel.removeEventListener("click", stop);
    box.hidden = true;
    form.inert = false;
  }
}

export const WHAT_IT_IS = new Set(["impression", "ppi"]);

/** Returns what is kept of a search's fields: the files, and what was said of them. */
export const kept = (fields) => fields.filter(([name, value]) => value instanceof File || WHAT_IT_IS.has(name));
