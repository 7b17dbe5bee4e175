// Lists of which rows are added and removed: <div data-rows="NAME"> with a template of a row and a button [data-add].

/** Shows the rows of a draft's list, and keeps what is entered in them. */
export function keepRows(box, draft) {
  const name = box.dataset.rows;
  const add = box.querySelector("[data-add]");
  const template = box.querySelector("template");

  const read = () =>
    [...box.querySelectorAll(".entry")].map((entry) =>
      Object.fromEntries(
        [...entry.querySelectorAll("[data-field]")].map((field) => [field.dataset.field, field.value]),
      ),
    );
  const keep = () => draft.change((state) => (state.lists[name] = read()));

  function addRow(values = {}) {
    const entry = template.content.firstElementChild.cloneNode(true);
    for (const field of entry.querySelectorAll("[data-field]")) {
      if (values[field.dataset.field] !== undefined) field.value = values[field.dataset.field];
      field.required = field.dataset.required !== undefined;
      field.addEventListener("input", keep);
    }
    entry.querySelector("[data-remove]").addEventListener("click", () => {
      entry.remove();
      keep();
      add.focus();
    });
    add.before(entry);
    return entry;
  }

  add.addEventListener("click", () => {
    addRow().querySelector("[data-field]").focus();
    keep();
  });
  for (const values of draft.state.lists[name] ?? []) addRow(values);
}
