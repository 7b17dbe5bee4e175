// Everybody in one photo: faces with numbers on it, and a list of the searches, each with its first candidate.

import { _, number } from "../lib/messages.js";

const HINTS = { likely: () => _("Likely"), inspect: () => _("To be inspected"), none: () => _("No more than chance") };
const SVG = "http://www.w3.org/2000/svg";

/** Shows the people that were found in a photo: { box, search } each, the largest face first. */
export async function showGroup(members, file) {
  const section = document.getElementById("group");
  section.hidden = false;
  document.getElementById("faces").replaceChildren(await drawn(members, file));
  document.getElementById("members").replaceChildren(...members.map(line));
  document.getElementById("group-title").focus();
}

async function drawn(members, file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  await image.decode().catch(() => {}); // a format that browsers do not show: the boxes alone
  const [width, height] = [image.naturalWidth || 1000, image.naturalHeight || 1000];
  const svg = part("svg", {
    "viewBox": `0 0 ${width} ${height}`,
    "role": "img",
    "aria-label": _("Photo with numbered faces"),
  });
  svg.append(part("image", { href: image.src, width, height }));
  const size = width / 30;
  members.forEach(({ box: [x, y, wide, high] }, place) => {
    svg.append(part("rect", { class: "face-box", x, y, width: wide, height: high }));
    svg.append(
      part("rect", { class: "face-label", x, y: Math.max(0, y - 1.3 * size), width: 1.3 * size, height: 1.3 * size }),
    );
    const label = part("text", {
      "class": "face-number",
      "x": x + 0.3 * size,
      "y": Math.max(0, y - 1.3 * size) + size,
      "font-size": size,
    });
    label.textContent = place + 1;
    svg.append(label);
  });
  return svg;
}

function line({ search }, place) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/app/searches/${search.id}`;
  link.textContent = _("Face {number}", { number: place + 1 });
  item.append(link, ` ${first(search)}`);
  return item;
}

function first({ candidates, threshold }) {
  const best = candidates.find((one) => threshold === null || one.above_threshold);
  if (!best) return threshold === null ? _("Nobody is alike.") : _("Nobody is above the threshold.");
  if (best.elsewhere) return _("Kept by another unit: {unit}", { unit: best.elsewhere.name || best.elsewhere.unit });
  const name = best.record?.name ?? _("a record that was removed");
  return _("{name}, {decibans} decibans: {hint}", {
    name,
    decibans: number(best.score.decibans, 1),
    hint: HINTS[best.decision_hint](),
  });
}

function part(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
