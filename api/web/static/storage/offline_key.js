// Keys for work without a connection: what is encrypted for an account's public key can be read only with its private key, which
// is itself stored encrypted with the account's key.

const CURVE = { name: "ECDH", namedCurve: "P-256" };

/** Returns a new pair of keys, in base64. */
export async function newPair() {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveKey"]);
  const [publicKey, privateKey] = await Promise.all([
    crypto.subtle.exportKey("raw", pair.publicKey),
    crypto.subtle.exportKey("pkcs8", pair.privateKey),
  ]);
  return { publicKey: toBase64(publicKey), privateKey: toBase64(privateKey) };
}

/**
 * Returns a new key for AES-GCM, and the public half from which the owner of the public key derives it again (ECDH).
 *
 * @param {string} publicKey
 */
export async function keyFor(publicKey) {
  const own = await crypto.subtle.generateKey(CURVE, false, ["deriveKey"]);
  const recipient = await crypto.subtle.importKey("raw", fromBase64(publicKey), CURVE, false, []);
  return {
    key: await derive(own.privateKey, recipient, "encrypt"),
    half: await crypto.subtle.exportKey("raw", own.publicKey),
  };
}

/**
 * Returns the key that `keyFor` made.
 *
 * @param {string} privateKey
 * @param {ArrayBuffer} half
 */
export async function keyOf(privateKey, half) {
  const own = await crypto.subtle.importKey("pkcs8", fromBase64(privateKey), CURVE, false, ["deriveKey"]);
  return derive(own, await crypto.subtle.importKey("raw", half, CURVE, false, []), "decrypt");
}

/**
 * @param {CryptoKey} privateKey
 * @param {CryptoKey} publicKey
 * @param {"encrypt" | "decrypt"} use
 */
const derive = (privateKey, publicKey, use) =>
  crypto.subtle.deriveKey(
    { name: CURVE.name, public: publicKey },
    privateKey,
    { name: "AES-GCM", length: 256 },
    false,
    [use],
  );

/** @param {ArrayBuffer} buffer */
const toBase64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

/** @param {string} text */
const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
