/**
 * A store whose decisions, drills, approvals and tokens are sealed as they are kept: after each, a signature over the chain up
 * to its end, and before the first by a key the record that names that key.
 *
 * A record stands whether or not it could be sealed: a key service that is down delays no verdict, and the next seal
 * covers what this one missed. Everything else is handed to the store as it comes.
 */

import { MusterError } from '../core/errors.ts';
import { latest } from '../core/time.ts';
import type { KeyRecord, SealRecord } from '../evidence/keys.ts';
import { keySigningInput, sealSigningInput } from '../evidence/seals.ts';
import type { Clock, KeyKeeper, Signer, Store } from './ports.ts';

/** What sealing needs. */
export interface SealWorld {
  readonly keeper: KeyKeeper;
  readonly clock: Pick<Clock, 'now'>;
  /** Told why a record stands unsealed. */
  unsealed(error: unknown): void;
}

/** What one seal is made of. */
interface Sealing {
  readonly store: Store;
  readonly signer: Signer;
  readonly clock: Pick<Clock, 'now'>;
}

/** The same store, sealing what it keeps. */
export function sealedStore(store: Store, { keeper, clock, unsealed }: SealWorld): Store {
  let last: Promise<void> = Promise.resolve();
  const seal = async (): Promise<void> => {
    const signer = await keeper.signer('attestation');
    await sealChain({ store, signer, clock });
  };
  // One at a time, so that a key is named once.
  const afterwards = (): Promise<void> => {
    last = last.then(seal).catch(unsealed);
    return last;
  };
  const sealed =
    <T>(record: (body: T) => Promise<void>) =>
    async (body: T): Promise<void> => {
      await record(body);
      await afterwards();
    };
  return {
    journal: (entry) => store.journal(entry),
    journalEntries: () => store.journalEntries(),
    journalOf: (drillId) => store.journalOf(drillId),
    journalUnrecorded: () => store.journalUnrecorded(),
    recordDrill: sealed((record) => store.recordDrill(record)),
    drills: () => store.drills(),
    recordDecision: sealed((decision) => store.recordDecision(decision)),
    decisions: () => store.decisions(),
    decisionsOn: (changeDigest) => store.decisionsOn(changeDigest),
    settingsSeen: () => store.settingsSeen(),
    recordState: (sighting) => store.recordState(sighting),
    states: () => store.states(),
    recordApproval: sealed((approval) => store.recordApproval(approval)),
    approvals: () => store.approvals(),
    approvalsOf: (changeDigest) => store.approvalsOf(changeDigest),
    recordToken: sealed((record) => store.recordToken(record)),
    tokens: () => store.tokens(),
    recordKey: (key) => store.recordKey(key),
    keys: () => store.keys(),
    recordSeal: (seal) => store.recordSeal(seal),
    chain: store.chain,
    close: () => store.close(),
  };
}

/**
 * Seals the chain up to its end, naming the key first where the chain does not know it yet.
 *
 * @param introduce The signer of the key before, where it is at hand.
 * @throws MusterError `MUSTER_KEY_INVALID` when the chain has gone on to another key; what the signer or the store throws.
 */
export async function sealChain({ store, signer, clock }: Sealing, introduce: Signer | null = null): Promise<void> {
  const { kid } = signer.key;
  const named = (await store.keys()).map(({ key }) => key.kid);
  const current = named.at(-1);
  if (current !== kid) {
    if (named.includes(kid)) {
      throw new MusterError('MUSTER_KEY_INVALID', `key ${kid} was followed by key ${current} in this store`);
    }
    await store.recordKey(await keyRecordOf(signer, introduce?.key.kid === current ? introduce : null, clock));
  }
  const head = await store.chain.head();
  if (head !== null) {
    const seal = {
      formatVersion: '1',
      // Another process may have written with a clock that is ahead.
      at: latest(clock.now(), head.at),
      upTo: head.seq,
      digest: head.digest,
      kid,
    } as const satisfies Omit<SealRecord, 'sig'>;
    await store.recordSeal({ ...seal, sig: await signatureOf(signer, sealSigningInput(seal)) });
  }
}

async function keyRecordOf(signer: Signer, before: Signer | null, clock: Pick<Clock, 'now'>): Promise<KeyRecord> {
  const record = { formatVersion: '1', at: clock.now(), key: signer.key } as const;
  if (before === null) return { ...record, introducedBy: null };
  const sig = await signatureOf(before, keySigningInput(record));
  return { ...record, introducedBy: { kid: before.key.kid, sig } };
}

async function signatureOf(signer: Signer, input: Uint8Array): Promise<string> {
  return Buffer.from(await signer.sign(input)).toString('base64');
}
