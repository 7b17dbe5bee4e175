// Files of a modality without controls of its own: chosen or dropped, and sent in its form field. The service checks them.

import { newKey } from "../lib/api.js";
import { clone, create, query, queryAll } from "../lib/dom.js";
import { onFileDrop } from "../lib/file_drop.js";
import { _ } from "../lib/messages.js";

/**
 * Connects all such parts of the page with a draft.
 *
 * @param {import("./draft.js").Draft} draft
 */
export function connectOtherFiles(draft) {
  for (const part of queryAll(document, "[data-files]")) connect(draft, part, part.dataset.files ?? "");
}

/**
 * @param {import("./draft.js").Draft} draft
 * @param {HTMLElement} part
 * @param {string} field
 */
function connect(draft, part, field) {
  const input = query(part, "input", HTMLInputElement);
  const template = query(part, "template", HTMLTemplateElement);
  const list = query(part, "ul");
  /** @param {File[]} files */
  const add = (files) =>
    draft.change((state) =>
      state.others.push(...files.map((file) => ({ id: newKey(), field, file, name: file.name }))),
    );
  input.addEventListener("change", () => {
    add([...(input.files ?? [])]);
    input.value = "";
  });
  onFileDrop(query(part, ".drop"), add);

  /** @param {import("./draft.js").OtherFile} other */
  function line({ id, name }) {
    const item = clone(template);
    query(item, ".file-name").textContent = name;
    const button = query(item, "button");
    button.append(create("span", _(" of {file}", { file: name }), "unseen"));
    button.addEventListener("click", () => {
      draft.change((state) => (state.others = state.others.filter((one) => one.id !== id)));
      input.focus();
    });
    return item;
  }
  const show = () => list.replaceChildren(...draft.state.others.filter((one) => one.field === field).map(line));
  draft.addEventListener("change", show);
  show();
}
