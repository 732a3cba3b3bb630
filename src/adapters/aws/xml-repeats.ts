/**
 * Finds what a page repeats: an element that stands, byte for byte, where a like one stood before.
 *
 * Items of a listing have the same members in the same order, and most values come back from item to item. Reading goes
 * from left to right and never looks behind what it reads, so the bytes of an element that was read before, in the place
 * of a like one, mean what they meant there. Nothing is guessed: what differs in one byte is read anew.
 */

/** An element inside another, and where it stood last, the space before it included. */
export interface Sighting<Member, Value> {
  /** What it is to the element around it; null when it is stepped over. */
  readonly member: Member | null;
  /** Bytes from the beginning to behind the opening tag, and to both ends of the name in it. */
  readonly head: number;
  readonly nameFrom: number;
  readonly nameTo: number;
  /** True when the opening tag is all of it. */
  readonly empty: boolean;
  from: number;
  length: number;
  value: Value | undefined;
}

/** How many of the elements seen may be absent at once: AWS leaves some out, not the same ones in every item. */
const ABSENT_MAX = 8;
/** No record has as many members: a page of ever new names is not worth remembering. */
const SIGHTINGS_MAX = 200;

/**
 * Which of the elements seen opens as the bytes at `at` do.
 *
 * @param next Where in `seen` the one expected is; what follows it is looked at as well.
 * @returns Its index; -1 when there is none.
 */
export function indexAlike(
  bytes: DataView,
  at: number,
  seen: readonly Sighting<unknown, unknown>[],
  next: number,
): number {
  const end = Math.min(seen.length, next + ABSENT_MAX);
  for (let index = next; index < end; index += 1) {
    const { from, head } = seen[index] as Sighting<unknown, unknown>;
    if (isSame(bytes, at, from, head)) return index;
  }
  return -1;
}

/** What was seen so far of the elements of one kind. */
export function seenOf<S>(all: Map<object, S[]>, kind: object): S[] {
  const known = all.get(kind);
  if (known !== undefined) return known;
  const seen: S[] = [];
  all.set(kind, seen);
  return seen;
}

/** Remembers an element that was not expected, before the one that was. @returns False when there are too many. */
export function remember<S extends Sighting<unknown, unknown>>(seen: S[], next: number, sighting: S): boolean {
  if (seen.length >= SIGHTINGS_MAX) return false;
  seen.splice(next, 0, sighting);
  return true;
}

/** True when as many bytes are the same at two places. */
export function isSame(bytes: DataView, at: number, other: number, length: number): boolean {
  if (Math.max(at, other) + length > bytes.byteLength) return false;
  let done = 0;
  for (; done + 4 <= length; done += 4) {
    if (bytes.getInt32(at + done, true) !== bytes.getInt32(other + done, true)) return false;
  }
  for (; done < length; done += 1) if (bytes.getUint8(at + done) !== bytes.getUint8(other + done)) return false;
  return true;
}
