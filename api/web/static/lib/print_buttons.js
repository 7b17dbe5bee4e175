// Buttons that print the page.

import { queryAll } from "./dom.js";

for (const button of queryAll(document, "[data-print]")) button.addEventListener("click", () => window.print());
