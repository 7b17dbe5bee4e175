// What is said of the prints that are added: the kind of impression, and the resolution.

import { _, number } from "../../lib/messages.js";

const { impression, ppi } = document.getElementById("enrol").elements;
const button = document.getElementById("use-for-all");

/** Returns { impression, ppi } as the form says them; `ppi` undefined where it says none. */
export const settings = () => ({
  impression: Number(impression.value),
  ppi: (ppi.checkValidity() && Number(ppi.value)) || undefined,
});

/** Offers, after one was changed, to say the same of the prints that are on the card; `useForAll(settings)` does it. */
export function offerForAll(draft, useForAll) {
  const others = () => {
    const now = settings();
    return Object.values(draft.state.prints).filter(
      (print) => print.impression !== now.impression || (now.ppi && print.ppi !== now.ppi),
    ).length;
  };
  const offer = () => {
    const count = others();
    button.hidden = !count;
    button.textContent = _("Use this for the {count} prints on the card too", { count: number(count) });
  };
  for (const field of [impression, ppi]) field.addEventListener("change", offer);
  draft.addEventListener("change", () => button.hidden || offer());
  button.addEventListener("click", () => {
    impression.focus();
    useForAll(settings());
  });
}
