// A search for all people in one photo: numbered faces, and a list of the searches, each with its first candidate.

import { byId, create, link } from "../lib/dom.js";
import { _ } from "../lib/messages.js";
import { pagePath } from "../lib/paths.js";

const HINTS = {
  likely: () => _("Likely"),
  inspect: () => _("Inspect"),
  none: () => _("No more than chance"),
};
const SVG = "http://www.w3.org/2000/svg";

/**
 * Shows the people in a photo, the largest face first.
 *
 * @param {Api.GroupMemberOut[]} members
 * @param {File} file
 */
export async function showGroup(members, file) {
  byId("group").hidden = false;
  byId("faces").replaceChildren(await drawFaces(members, file));
  byId("members").replaceChildren(...members.map(({ search }, index) => line(search, index)));
  byId("group-title").focus();
}

/**
 * @param {Api.GroupMemberOut[]} members
 * @param {File} file
 */
async function drawFaces(members, file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  await image.decode().catch(() => {}); // a format that browsers do not show: only the boxes are drawn
  const [width, height] = [image.naturalWidth || 1000, image.naturalHeight || 1000];
  const svg = element("svg", {
    "viewBox": `0 0 ${width} ${height}`,
    "role": "img",
    "aria-label": _("Photo with numbered faces"),
  });
  svg.append(element("image", { href: image.src, width, height }));
  const size = width / 30;
  members.forEach(({ box: [x, y, boxWidth, boxHeight] }, index) => {
    const top = Math.max(0, y - 1.3 * size);
    svg.append(
      element("rect", { class: "face-box", x, y, width: boxWidth, height: boxHeight }),
      element("rect", { class: "face-label", x, y: top, width: 1.3 * size, height: 1.3 * size }),
    );
    const label = element("text", { "class": "face-number", "x": x + 0.3 * size, "y": top + size, "font-size": size });
    label.textContent = String(index + 1);
    svg.append(label);
  });
  return svg;
}

/**
 * @param {Api.SearchOut} search
 * @param {number} index
 */
function line(search, index) {
  const item = create("li");
  item.append(
    link(pagePath(`/searches/${search.id}`), _("Face {number}", { number: index + 1 })),
    ` ${firstCandidate(search)}`,
  );
  return item;
}

/** @param {Api.SearchOut} search */
function firstCandidate({ candidates, threshold }) {
  const best = candidates.find((candidate) => threshold === null || candidate.above_threshold);
  if (!best) return threshold === null ? _("No similar people.") : _("No candidate above the threshold.");
  if (best.elsewhere) return _("Kept by another unit: {unit}", { unit: best.elsewhere.name || best.elsewhere.unit });
  return `${best.record?.name ?? _("a record that was removed")}: ${HINTS[best.decision_hint]()}`;
}

/**
 * Makes an SVG element.
 *
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function element(name, attributes) {
  const svg = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, String(value));
  return svg;
}
