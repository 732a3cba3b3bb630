/**
 * ECDSA signatures on P-256 from DER, as AWS KMS gives them, to r and s side by side, as Muster keeps them.
 *
 * Source: X.690 (DER of a SEQUENCE of two INTEGERs); RFC 7518, section 3.4 (32 bytes each, big-endian).
 */

const [SEQUENCE, INTEGER] = [0x30, 0x02];
const COORDINATE_BYTES = 32;

/** r and s, 64 bytes in all; null when the bytes are no such signature. */
export function joinedFromDer(der: Uint8Array): Uint8Array | null {
  // Two integers of at most 33 bytes: every length fits into one byte.
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2) return null;
  const r = integerAt(der, 2);
  const s = r === null ? null : integerAt(der, r.end);
  if (r === null || s === null || s.end !== der.length) return null;
  const joined = new Uint8Array(2 * COORDINATE_BYTES);
  joined.set(r.bytes, COORDINATE_BYTES - r.bytes.length);
  joined.set(s.bytes, joined.length - s.bytes.length);
  return joined;
}

function integerAt(der: Uint8Array, start: number): { readonly bytes: Uint8Array; readonly end: number } | null {
  const length = der[start + 1] ?? 0;
  const end = start + 2 + length;
  const content = der.subarray(start + 2, end);
  if (der[start] !== INTEGER || length === 0 || content.length !== length) return null;
  // A leading zero keeps the number positive; no number here is negative.
  const bytes = content[0] === 0 ? content.subarray(1) : content;
  return bytes.length > COORDINATE_BYTES || (content[0] ?? 0) >= 0x80 ? null : { bytes, end };
}
