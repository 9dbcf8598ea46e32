// What a page keeps back: one block, packed, and encrypted where a word was given. The counterpart of pageseal.py.
import { bytes } from "../formula/index.js";
import { WORDS } from "./words.js";

export async function inflated(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const text = (some) => new TextEncoder().encode(some);

// What a block holds, as plain data; null where the word is not the right one.
export async function unsealed({ salt, rounds, mark, block }, word) {
  if (!salt) return plain(bytes(block));
  if (!globalThis.crypto?.subtle) throw new Error(WORDS.crypto);
  const { subtle } = crypto, kind = { name: "HMAC", hash: "SHA-256" };
  const given = await subtle.importKey("raw", text(word.trim()), "PBKDF2", false, ["deriveBits"]);
  const bits = await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: rounds }, given, 512);
  const [cipher, marker] = await Promise.all([0, 32].map((start) => subtle.importKey("raw", bits.slice(start, start + 32), kind, false, ["sign", "verify"])));
  const hidden = bytes(block);
  if (!(await subtle.verify(kind, marker, bytes(mark), hidden))) return null;
  const count = Math.ceil(hidden.length / 32);
  const streams = await Promise.all(Array.from({ length: count }, (_, i) => subtle.sign(kind, cipher, new Uint8Array(new Uint32Array([i, 0]).buffer))));
  streams.forEach((stream, i) => new Uint8Array(stream).forEach((one, k) => {
    if (32 * i + k < hidden.length) hidden[32 * i + k] ^= one;
  }));
  return plain(hidden);
}

const plain = async (packed) => JSON.parse(new TextDecoder().decode(await inflated(packed)));
