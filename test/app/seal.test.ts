/** Sealing: what is sealed after each record, what happens when it cannot be, and the change of keys. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeyFile } from '../../src/adapters/keys/key-file.ts';
import { systemRandomness } from '../../src/adapters/randomness.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { createToken, revokeToken } from '../../src/app/manage-tokens.ts';
import type { KeyKeeper, Store } from '../../src/app/ports.ts';
import { sealedStore } from '../../src/app/seal.ts';
import { publicKeySet, rotateKey } from '../../src/app/signing-keys.ts';
import { digestOfBytes } from '../../src/core/canonical.ts';
import { MusterError } from '../../src/core/errors.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import type { PublicKey } from '../../src/evidence/keys.ts';
import { createSealCheck } from '../../src/evidence/seals.ts';
import { aDatabase, aDrill } from '../support/builders.ts';
import { aDecision } from '../support/decision-builder.ts';
import { aKeeper, aSigner, at, type TestSigner } from '../support/signing.ts';

const START = at('2026-03-01T00:00:00Z');
const one = aSigner('1');
const two = aSigner('2');

/** A store in memory under a seal, on a clock that goes on a second a look. */
function aSealedStore(keeper: KeyKeeper = aKeeper(one), inner: Partial<Store> = {}) {
  let now = START;
  const tick = (): Instant => {
    now = addSeconds(now, 1);
    return now;
  };
  const clock = { now: tick };
  const bare = { ...createMemoryStore({ now: tick }), ...inner };
  const failures: unknown[] = [];
  const store = sealedStore(bare, { keeper, clock, unsealed: (error) => failures.push(error) });
  return { store, bare, clock, failures };
}

async function kinds(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind } of store.chain.read()) found.push(kind);
  return found;
}

async function check(store: Store, trusted: readonly PublicKey[] | null = null) {
  const seals = createSealCheck(trusted);
  for await (const record of store.chain.read()) seals.take(record);
  return seals.report();
}

const approval = {
  formatVersion: '1',
  changeDigest: digestOfBytes('change'),
  decisionDigest: digestOfBytes('decision'),
  approver: 'ops',
  identifiedBy: 'os_user',
  note: null,
  at: START,
  validUntil: addSeconds(START, 600),
} as const;

describe('a sealed store', () => {
  it('names its key before the first seal, and seals after each decision, drill and approval', async () => {
    const { store, failures } = aSealedStore();
    await store.recordDecision(aDecision());
    await store.recordDrill(aDrill(aDatabase()));
    await store.recordApproval(approval);
    expect(await kinds(store)).toEqual(['decision', 'key', 'seal', 'drill', 'seal', 'approval', 'seal']);
    expect(await check(store, [one.key])).toMatchObject({
      sealed: [{ kid: one.key.kid, from: 1, upTo: 6 }],
      unsealed: null,
      anchored: true,
      problems: [],
    });
    expect(failures).toEqual([]);
  });

  it('seals a token that is given out, and its revocation', async () => {
    const { store } = aSealedStore();
    const issued = await createToken(
      { name: 'CI', scopes: ['read'], expiresInSeconds: 60, by: 'ops' },
      { store, clock: { now: () => START }, randomness: systemRandomness },
    );
    await revokeToken(issued.record.id, 'ops', { store, clock: { now: () => START } });
    expect(await kinds(store)).toEqual(['token', 'key', 'seal', 'token', 'seal']);
    expect((await store.tokens()).map(({ what }) => what)).toEqual(['issued', 'revoked']);
    expect(await check(store, [one.key])).toMatchObject({ unsealed: null, problems: [] });
  });

  it('leaves the journal and sightings to the next seal', async () => {
    const { store } = aSealedStore();
    const what = { kind: 'alive' } as const;
    await store.journal({ at: START, drillId: 'd1', runner: 'r', what });
    expect(await kinds(store)).toEqual(['journal']);
    await store.recordDecision(aDecision());
    expect(await check(store)).toMatchObject({ sealed: [{ from: 1, upTo: 3 }], unsealed: null });
  });

  it('hands out what it keeps', async () => {
    const { store } = aSealedStore();
    await store.recordDecision(aDecision());
    await store.recordApproval(approval);
    expect(await store.decisions()).toEqual([aDecision()]);
    expect(await store.approvals()).toEqual([approval]);
    expect([await store.drills(), await store.states(), await store.journalEntries()]).toEqual([[], [], []]);
  });

  it('names its key once, however many records come at a time', async () => {
    const { store } = aSealedStore();
    await Promise.all(Array.from({ length: 5 }, () => store.recordDecision(aDecision())));
    expect((await kinds(store)).filter((kind) => kind === 'key')).toHaveLength(1);
    expect(await check(store)).toMatchObject({ unsealed: null, problems: [] });
  });

  it('goes on with the key that another process named', async () => {
    const { store, bare, clock } = aSealedStore();
    await store.recordDecision(aDecision());
    const other = sealedStore(bare, { keeper: aKeeper(one), clock, unsealed: () => undefined });
    await other.recordDecision(aDecision());
    await store.recordDecision(aDecision());
    expect((await kinds(bare)).filter((kind) => kind === 'key')).toHaveLength(1);
    expect((await check(bare)).problems).toEqual([]);
  });

  it('is sealed no earlier than its last record, though another clock is ahead', async () => {
    const { bare, failures } = aSealedStore();
    const behind = { now: () => at('2020-01-01T00:00:00Z') };
    const store = sealedStore(bare, { keeper: aKeeper(one), clock: behind, unsealed: (error) => failures.push(error) });
    await store.recordDecision(aDecision());
    const [stretch] = (await check(store)).sealed;
    expect(stretch !== undefined && stretch.since >= START).toBe(true);
  });
});

describe('a record that cannot be sealed', () => {
  const down = new MusterError('MUSTER_AWS_UNAVAILABLE', 'kms:Sign could not be answered');
  const broken: KeyKeeper = { ...aKeeper(one), signer: () => Promise.reject(down) };

  it('stands, and why is handed on', async () => {
    const { store, failures } = aSealedStore(broken);
    await expect(store.recordDecision(aDecision())).resolves.toBeUndefined();
    expect(await kinds(store)).toEqual(['decision']);
    expect(failures).toEqual([down]);
  });

  it('stands when the signer fails at the last moment, and its key record with it', async () => {
    const silent: TestSigner = { ...one, sign: () => Promise.reject(down) };
    const { store, failures } = aSealedStore(aKeeper(silent));
    await store.recordDecision(aDecision());
    expect(await kinds(store)).toEqual(['decision', 'key']);
    expect(failures).toEqual([down]);
  });

  it('is covered by the next seal', async () => {
    let up = false;
    const keeper: KeyKeeper = { ...aKeeper(one), signer: async () => (up ? one : Promise.reject(down)) };
    const { store, failures } = aSealedStore(keeper);
    await store.recordDecision(aDecision());
    up = true;
    await store.recordDecision(aDecision());
    expect(await check(store)).toMatchObject({ sealed: [{ from: 1, upTo: 3 }], unsealed: null, problems: [] });
    expect(failures).toHaveLength(1);
  });

  it('stands when the store takes no seal', async () => {
    const full = new MusterError('MUSTER_FILE_UNREADABLE', 'cannot be written');
    const { store, failures } = aSealedStore(aKeeper(one), { recordSeal: () => Promise.reject(full) });
    await store.recordApproval(approval);
    expect(await kinds(store)).toEqual(['approval', 'key']);
    expect(failures).toEqual([full]);
  });

  it('is none at all when it could not be kept', async () => {
    const full = new MusterError('MUSTER_FILE_UNREADABLE', 'cannot be written');
    const { store, failures } = aSealedStore(aKeeper(one), { recordDecision: () => Promise.reject(full) });
    await expect(store.recordDecision(aDecision())).rejects.toBe(full);
    expect([await kinds(store), failures]).toEqual([[], []]);
  });

  it('is left unsealed by a key that another has followed', async () => {
    const { store, bare, clock } = aSealedStore();
    await store.recordDecision(aDecision());
    const later = sealedStore(bare, { keeper: aKeeper(two), clock, unsealed: () => undefined });
    await later.recordDecision(aDecision());
    const failures: unknown[] = [];
    const late = sealedStore(bare, { keeper: aKeeper(one), clock, unsealed: (error) => failures.push(error) });
    await late.recordDecision(aDecision());
    expect(failures).toMatchObject([{ code: 'MUSTER_KEY_INVALID', message: expect.stringContaining(two.key.kid) }]);
    expect((await kinds(bare)).at(-1)).toBe('decision');
  });
});

describe('a rotation', () => {
  const withKeyFile = async (work: (keeper: KeyKeeper) => Promise<void>) => {
    const folder = mkdtempSync(join(tmpdir(), 'muster-seal-'));
    try {
      await work(createKeyFile(join(folder, 'keys.json'), { now: () => START }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('has the key before introduce the next, and what it sealed stays sealed', () =>
    withKeyFile(async (keeper) => {
      const { store, bare, clock } = aSealedStore(keeper);
      await store.recordDecision(aDecision());
      const { retired, current } = await rotateKey('attestation', { store: bare, keeper, clock });
      await store.recordDecision(aDecision());
      const { sealed, problems, unsealed } = await check(bare);
      expect(sealed.map(({ kid, from, upTo }) => [kid, from, upTo])).toEqual([
        [retired.kid, 1, 3],
        [current.kid, 4, 7],
      ]);
      expect([problems, unsealed]).toEqual([[], null]);
      expect((await check(bare, [retired])).problems).toEqual([]);
    }));

  it('is followed by a store that was opened before it', () =>
    withKeyFile(async (keeper) => {
      const { store, bare, clock, failures } = aSealedStore(keeper);
      await store.recordDecision(aDecision());
      await rotateKey('attestation', { store: bare, keeper, clock });
      await rotateKey('attestation', { store: bare, keeper, clock });
      await store.recordDecision(aDecision());
      expect((await kinds(bare)).filter((kind) => kind === 'key')).toHaveLength(3);
      expect([(await check(bare)).problems, failures]).toEqual([[], []]);
    }));

  it('seals with the key before what stood unsealed until then', () =>
    withKeyFile(async (keeper) => {
      const { bare, clock } = aSealedStore(keeper);
      await bare.recordDecision(aDecision());
      const { retired, current } = await rotateKey('attestation', { store: bare, keeper, clock });
      expect((await check(bare)).sealed).toMatchObject([
        { kid: retired.kid, from: 1, upTo: 2 },
        { kid: current.kid, from: 3, upTo: 4 },
      ]);
    }));

  it('of the key for tokens, or in an empty store, leaves no trace in the chain', () =>
    withKeyFile(async (keeper) => {
      const { store, bare, clock } = aSealedStore(keeper);
      await rotateKey('attestation', { store: bare, keeper, clock });
      expect(await kinds(bare)).toEqual([]);
      await store.recordDecision(aDecision());
      const before = await kinds(bare);
      const { current } = await rotateKey('token', { store: bare, keeper, clock });
      expect(current.purpose).toBe('token');
      expect(await kinds(bare)).toEqual(before);
    }));

  it('of an uninterrupted kind is the only one that needs no trust: a key that just changed is told', async () => {
    const { store, bare, clock } = aSealedStore();
    await store.recordDecision(aDecision());
    await sealedStore(bare, { keeper: aKeeper(two), clock, unsealed: () => undefined }).recordDecision(aDecision());
    expect((await check(bare)).problems.map(({ code }) => code)).toEqual(['key_not_introduced', 'seal_by_unknown_key']);
    expect((await check(bare, [one.key, two.key])).problems).toEqual([]);
  });
});

describe('the set of public keys', () => {
  it('holds what verifiers need, oldest first, and no private part', async () => {
    const young = aSigner('y', { createdAt: at('2026-02-01T00:00:00Z') });
    const { keys } = await publicKeySet(aKeeper(young, one));
    expect(keys).toEqual([one.key, young.key]);
  });
});
