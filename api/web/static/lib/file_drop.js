// Files that are dropped on an element.

/**
 * Calls a function with the files that are dropped on an element.
 *
 * @param {HTMLElement} element
 * @param {(files: File[]) => unknown} onFiles
 */
export function onFileDrop(element, onFiles) {
  for (const type of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
    element.addEventListener(type, (event) => {
      event.preventDefault();
      element.classList.toggle("over", type === "dragover");
      if (type === "drop") onFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }
}
