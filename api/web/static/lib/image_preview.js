// A chosen file in an <img>; what stands in its place is shown where the browser cannot show the file.

const addresses = new WeakMap();

/** Shows a blob, or with none the element that stands in its place. */
export function showBlob(image, instead, blob) {
  if (shown(image) === (blob ?? undefined)) return;
  if (image.blobAddress) URL.revokeObjectURL(image.blobAddress);
  addresses.set(image, blob ?? undefined);
  image.hidden = true;
  instead.hidden = false;
  if (!blob) return image.removeAttribute("src");
  image.onload = () => {
    image.hidden = false;
    instead.hidden = true;
  };
  image.blobAddress = URL.createObjectURL(blob);
  image.src = image.blobAddress;
}

const shown = (image) => addresses.get(image);
