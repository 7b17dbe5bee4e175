// The resolution that a print's file states: a canvas loses it.

const INCH = 0.0254; // metres
const [LEAST, MOST] = [180, 2100]; // of a scanner

/**
 * Returns the pixels an inch that a PNG or JPEG states; undefined if it states none that a scanner has.
 *
 * @param {Blob} file
 */
export async function resolutionOf(file) {
  const view = new DataView(await file.slice(0, 4096).arrayBuffer());
  const ppi = ofPng(view) ?? ofJpeg(view);
  return ppi && ppi >= LEAST && ppi <= MOST ? ppi : undefined;
}

/** @param {DataView} view */
function ofPng(view) {
  if (view.byteLength < 8 || view.getUint32(0) !== 0x89504e47) return undefined;
  for (let at = 8; at + 21 <= view.byteLength; at += 12 + view.getUint32(at)) {
    const isMetric = view.getUint32(at + 4) === 0x70485973 && view.getUint8(at + 16) === 1; // pHYs
    if (isMetric) return Math.round(view.getUint32(at + 8) * INCH * 10) / 10;
  }
  return undefined;
}

/** @param {DataView} view */
function ofJpeg(view) {
  const isJfif = view.byteLength >= 18 && view.getUint32(0) === 0xffd8ffe0 && view.getUint32(6) === 0x4a464946;
  if (!isJfif) return undefined;
  const unit = view.getUint8(13);
  return unit ? view.getUint16(14) * (unit === 2 ? 100 * INCH : 1) : undefined;
}
