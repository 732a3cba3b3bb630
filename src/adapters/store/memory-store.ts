/**
 * A store that lives as long as the process: for the demo, which leaves nothing behind, and for simulations.
 *
 * Keeps records in the order in which they came, like every store; lists are handed out as copies, so a caller cannot
 * change what is kept. Nothing is parsed or linked until somebody asks for the chain: a simulation keeps hundreds of
 * thousands of records and never does.
 */

import type { RecordChain, Store } from '../../app/ports.ts';
import { fromEpochMilliseconds, type Instant } from '../../core/time.ts';
import { type ChainRecord, linkAfter, type NewRecord, type RecordKind } from '../../evidence/chain.ts';
import { ascending, checkAdoption, checkErasure } from './adoption.ts';
import { type Bodies, keyOf, parseJson, type RecordLog, storeOver, type Which } from './record-log.ts';

const NAME = 'the store in memory';

/** An empty store in memory. @param options.now Clock of the links; the machine's where none is handed in. */
export function createMemoryStore({ now = systemNow }: { readonly now?: () => Instant } = {}): Store {
  return storeOver(createMemoryLog(now));
}

function systemNow(): Instant {
  return fromEpochMilliseconds(Date.now());
}

/** Bodies of one kind and their numbers, side by side. */
interface Shelf {
  bodies: object[];
  seqs: number[];
}

function createMemoryLog(now: () => Instant): RecordLog {
  const shelves = new Map<RecordKind, Shelf>();
  /** Keys of each kind that there ever was, of records without a body too. */
  const labels = new Map<RecordKind, Set<string>>();
  const links: ChainRecord[] = [];
  let unlinked: NewRecord[] = [];
  const shelve = (kind: RecordKind, seq: number, body: object) => {
    const shelf = shelves.get(kind) ?? { bodies: [], seqs: [] };
    shelf.bodies.push(body);
    shelf.seqs.push(seq);
    shelves.set(kind, shelf);
  };
  const label = (kind: RecordKind, key: string | null) => {
    if (key !== null) labels.set(kind, (labels.get(kind) ?? new Set()).add(key));
  };
  const linked = () => {
    for (const record of unlinked) links.push(linkAfter(links.at(-1) ?? null, record));
    unlinked = [];
    return links;
  };
  const append = async <K extends RecordKind>(kind: K, body: Bodies[K]): Promise<void> => {
    const key = keyOf(kind, body);
    unlinked.push({ at: now(), kind, key, body });
    label(kind, key);
    shelve(kind, links.length + unlinked.length, body);
  };
  const forget = (seqs: ReadonlySet<number>) => {
    for (const seq of seqs) links[seq - 1] = { ...(links[seq - 1] as ChainRecord), body: null };
    for (const shelf of shelves.values()) {
      shelf.bodies = shelf.bodies.filter((_, index) => !seqs.has(shelf.seqs[index] ?? 0));
      shelf.seqs = shelf.seqs.filter((seq) => !seqs.has(seq));
    }
  };
  const chain: RecordChain = {
    head: async () => headOf(linked().at(-1)),
    read: async function* (after = 0) {
      for (let index = after; index < linked().length; index += 1) yield links[index] as ChainRecord;
    },
    adopt: async (records) => {
      checkAdoption(headOf(linked().at(-1)), records, NAME);
      for (const record of records) {
        links.push(record);
        label(record.kind, record.key);
        if (record.body !== null) shelve(record.kind, record.seq, parseJson(record.body) as object);
      }
    },
    erase: async (asked, why, at) => {
      const seqs = ascending(asked);
      if (seqs.length === 0) return;
      checkErasure({ seqs }, new Map(linked().map(({ seq, kind }) => [seq, kind])), NAME);
      forget(new Set(seqs));
      await append('erasure', { formatVersion: '1', at, seqs, why });
    },
  };
  const list = async <K extends RecordKind>(kind: K, { after = 0, key, keyBegins = '', lacking }: Which = {}) => {
    const { bodies, seqs } = shelves.get(kind) ?? { bodies: [], seqs: [] };
    const kept = bodies.map((body, index) => ({ seq: seqs[index] ?? 0, body: body as unknown as Bodies[K] }));
    const newer = kept.filter(({ seq }) => seq > after);
    if (key === undefined && keyBegins === '' && lacking === undefined) return newer;
    const others = lacking === undefined ? undefined : labels.get(lacking);
    return newer.filter(({ body }) => {
      const own = keyOf(kind, body) ?? '';
      return own.startsWith(keyBegins) && (key === undefined || own === key) && others?.has(own) !== true;
    });
  };
  const last = async () => links.length + unlinked.length;
  return { append, list, last, chain, close: async () => undefined };
}

function headOf(record: ChainRecord | undefined): Pick<ChainRecord, 'seq' | 'digest' | 'at'> | null {
  return record === undefined ? null : { seq: record.seq, digest: record.digest, at: record.at };
}
