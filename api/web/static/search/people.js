// The people in several photos: the officer says who is meant before anybody is searched for.

import { request } from "../lib/api.js";
import { byId, create } from "../lib/dom.js";
import { _ } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";
import { formData } from "./search_form.js";

const [WIDTH, HEIGHT] = [96, 120]; // pixels of a face on the page

/** @typedef {import("./chosen_files.js").FileRow} FileRow */

/**
 * Finds the people in photos. Returns null where all of them show one and the same person alone.
 *
 * @param {FileRow[]} photos
 * @param {AbortSignal} signal
 * @returns {Promise<Api.PhotographedPeople | null>}
 */
export async function findPeople(photos, signal) {
  const form = formData(photos.map(({ file }) => ["photo", file]));
  const { body } = await request("POST", apiPath("/identify/faces"), { form, signal });
  return body.people.length === 1 && !body.unusable.length ? null : body;
}

/**
 * Lists the people, each with the faces of all photos and a button.
 *
 * @param {Api.PhotographedPeople} found
 * @param {FileRow[]} photos
 * @param {(person: Api.PhotographedPerson) => void} onChosen
 */
export async function showPeople({ people, unusable }, photos, onChosen) {
  const items = people.map(async ({ faces }, index) => {
    const item = create("li", "", "card");
    const button = create("button", _("Search for person {number}", { number: index + 1 }));
    button.addEventListener("click", () => onChosen({ faces }));
    const pictures = create("div", "", "faces");
    pictures.append(...(await Promise.all(faces.map((face) => picture(face, photos[face.photo].file)))));
    const count = new Set(faces.map(({ photo }) => photo)).size;
    item.append(pictures, create("p", _("In {count} of {total} photos", { count, total: photos.length })), button);
    return item;
  });
  byId("people-list").replaceChildren(...(await Promise.all(items)));
  byId("people-unusable").replaceChildren(
    ...unusable.map(({ photo, reason }) => create("li", `${photos[photo].file.name}: ${reason}`)),
  );
  byId("people").hidden = false;
  byId("people-title").focus();
}

/**
 * Draws a face of a photo; where the browser does not show the format, its name stands there.
 *
 * @param {Api.FaceInPhoto} face
 * @param {File} file
 */
async function picture({ face: [left, top, width, height] }, file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return create("span", file.name);
  const canvas = Object.assign(create("canvas"), { width: WIDTH, height: HEIGHT });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", _("Face in {file}", { file: file.name }));
  canvas.getContext("2d")?.drawImage(image, left, top, width, height, 0, 0, WIDTH, HEIGHT);
  return canvas;
}
