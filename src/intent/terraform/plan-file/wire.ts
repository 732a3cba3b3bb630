/**
 * Walks the fields of one protobuf message: numbers and bytes, without its schema.
 *
 * Only what a saved plan is made of is understood (varints and lengths; fixed numbers are stepped over); nothing nests
 * here, so nothing recurses. Null for anything that is not such a message.
 * Source: Protocol Buffers documentation, "Encoding".
 */

/** The fields of a message, each with its values in order. */
export interface Message {
  /** The last value of a varint field, as the encoding asks; null when it is not there. */
  number(field: number): number | null;
  /** Values of a length-delimited field. */
  parts(field: number): readonly Uint8Array[];
  /** A field that holds one message: several of them are one, joined in order, as the encoding asks; null for none. */
  whole(field: number): Uint8Array | null;
  /** The last value of a text field; null when it is not there. */
  text(field: number): string | null;
}

const VARINT_BYTES_MAX = 10;

/** Reads a message; null for bytes that are not one. */
export function readMessage(bytes: Uint8Array): Message | null {
  const numbers = new Map<number, number>();
  const parts = new Map<number, Uint8Array[]>();
  let at = 0;
  const varint = (): number | null => {
    let value = 0;
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = bytes[at++];
      if (byte === undefined) return null;
      // Beyond 53 bits precision goes, and no field in use comes near.
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === null) return null;
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    const value = wire === 0 || wire === 2 ? varint() : wire === 1 ? 8 : wire === 5 ? 4 : null;
    if (value === null || field === 0) return null;
    if (wire === 0) {
      numbers.set(field, value);
      continue;
    }
    if (value > bytes.length - at) return null;
    if (wire === 2) {
      const held = parts.get(field) ?? [];
      held.push(bytes.subarray(at, at + value));
      parts.set(field, held);
    }
    at += value;
  }
  return {
    number: (field) => numbers.get(field) ?? null,
    parts: (field) => parts.get(field) ?? [],
    whole: (field) => {
      const held = parts.get(field);
      return held === undefined ? null : Buffer.concat(held);
    },
    text: (field) => textOf(parts.get(field)?.at(-1)),
  };
}

function textOf(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : new TextDecoder().decode(bytes);
}
