/** `muster keys`, `muster attest` and `muster verify FILE`: what is printed, and the exit codes. */

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkToken } from '../../src/adapters/keys/check-token.ts';
import { createKeyFile } from '../../src/adapters/keys/key-file.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { attest } from '../../src/cli/attest.ts';
import { keys, keysRotate } from '../../src/cli/keys.ts';
import { exitOfVerification, type VerifyOptions, verifyFile } from '../../src/cli/verify.ts';
import { digestOfBytes } from '../../src/core/canonical.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { aDecision } from '../support/decision-builder.ts';
import { at } from '../support/signing.ts';

const NOW = at('2026-02-26T21:05:00Z');
const CHANGE = digestOfBytes('change');
const ready: Partial<DecisionDocument> = { decision: 'review', verdict: 'ready', endpoint: null };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-attestation-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A world in memory, with a key file on disk; what is printed is taken out by `said`. */
function aWorld(now = NOW) {
  const store = createMemoryStore({ now: () => NOW });
  const keeper = createKeyFile(join(folder, 'keys.json'), { now: () => NOW });
  const files = new Map<string, string>();
  let printed = '';
  const out = (text: string) => {
    printed += text;
  };
  const nothing = () => undefined;
  const progress = () => ({ update: nothing, say: nothing, pause: () => nothing, stop: nothing });
  const world = {
    terminal: { paint: PLAIN_PAINT, width: 100, out, talk: nothing, progress, ask: async () => null },
    clock: { now: () => now, elapsed: () => 0, sleep: async () => undefined },
    randomness: { token: (length: number) => 'x'.repeat(length), password: () => '' },
    version: '1.2.3',
    store: async () => store,
    keys: async () => keeper,
    readFile: async (path: string) => files.get(path) ?? '',
    checkToken,
  };
  const said = () => {
    const text = printed;
    printed = '';
    return text;
  };
  return { world, store, files, said };
}

type Given = ReturnType<typeof aWorld>;

async function attested(given: Given, fields = ready, options: Parameters<typeof attest>[1] = {}): Promise<void> {
  await given.store.recordDecision(aDecision(fields));
  expect(await attest(CHANGE, options, given.world)).toBe(0);
  given.files.set('att', given.said());
}

const verify = ({ world }: Given, options: VerifyOptions = {}) => verifyFile('att', options, world);

describe('muster keys', () => {
  it('prints the public keys as a JWK Set, with no private part, and makes them first', async () => {
    const { world, said } = aWorld();
    expect(await keys(world)).toBe(0);
    const set = JSON.parse(said());
    expect(Object.keys(set)).toEqual(['keys']);
    expect(set.keys.map((key: { purpose: string }) => key.purpose)).toEqual(['attestation', 'token']);
    expect(set.keys.every((key: object) => !('d' in key))).toBe(true);
    expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600);
  });

  it('rotates a key and says so, and prints both from then on', async () => {
    const { world, said } = aWorld();
    expect(await keysRotate({}, world)).toBe(0);
    expect(said()).toMatch(/^retired {3}\S+, retired at .*\ncurrent {3}\S+, which signs attestations/);
    expect(await keysRotate({ purpose: 'token', json: true }, world)).toBe(0);
    expect(JSON.parse(said())).toMatchObject({
      retired: { purpose: 'token', retiredAt: NOW },
      current: { retiredAt: null },
    });
    await keys(world);
    expect(JSON.parse(said()).keys).toHaveLength(4);
  });

  it('rotates no key for another purpose', async () => {
    const rotating = keysRotate({ purpose: 'tls' as never }, aWorld().world);
    await expect(rotating).rejects.toMatchObject({ code: 'MUSTER_USAGE' });
  });
});

describe('muster attest', () => {
  it('prints an envelope, or a token for one audience', async () => {
    const given = aWorld();
    await attested(given);
    expect(JSON.parse(given.files.get('att') ?? '')).toMatchObject({ payloadType: 'application/vnd.in-toto+json' });
    await attested(given, ready, { format: 'jws', audience: 'pipeline' });
    expect(given.files.get('att')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(await verify(given, { audience: 'pipeline' })).toBe(0);
  });

  it.each([
    ['another form', { format: 'xml' }, 'MUSTER_USAGE'],
    ['an audience for an envelope', { audience: 'pipeline' }, 'MUSTER_USAGE'],
    ['a change nobody decided on', {}, 'MUSTER_DECISION_NOT_FOUND'],
  ])('refuses %s', async (_, options, code) => {
    const { world } = aWorld();
    await expect(attest(digestOfBytes('nobody'), options, world)).rejects.toMatchObject({ code });
  });
});

describe('muster verify FILE', () => {
  it.each<[string, Partial<DecisionDocument>, VerifyOptions, number]>([
    ['0 when it passed', ready, { digest: CHANGE }, 0],
    ['1 when it failed', { ...ready, decision: 'block', verdict: 'not_ready' }, {}, 1],
    ['2 when nobody knows', { ...ready, decision: 'block', verdict: 'unknown' }, {}, 2],
    ['2 when it has ended', ready, { at: '2026-02-26T21:15:00Z' }, 2],
    ['2 when it is about another change', ready, { digest: 'a'.repeat(64) }, 2],
    [
      '2 when it failed and has ended',
      { ...ready, decision: 'block', verdict: 'not_ready' },
      { at: '2027-01-01T00:00:00Z' },
      2,
    ],
    ['2 when it was made of a lab', { ...ready, endpoint: 'http://127.0.0.1:1' }, {}, 2],
    [
      '0 when it was made of the lab that was meant',
      { ...ready, endpoint: 'http://127.0.0.1:1' },
      { endpoint: 'http://127.0.0.1:1' },
      0,
    ],
  ])('ends with %s', async (_, fields, options, exit) => {
    for (const format of ['dsse', 'jws']) {
      const given = aWorld();
      await attested(given, fields, { format });
      expect(await verify(given, options)).toBe(exit);
    }
  });

  it('takes the keys of a file instead of its own', async () => {
    const given = aWorld();
    await attested(given);
    await keys(given.world);
    given.files.set('own.json', given.said());
    given.files.set('none.json', '{"keys":[]}');
    expect(await verify(given, { keys: 'own.json' })).toBe(0);
    given.said();
    expect(await verify(given, { keys: 'none.json' })).toBe(2);
    expect(given.said()).toContain('(no_key)');
  });

  it('prints what it found as data', async () => {
    const given = aWorld();
    await attested(given);
    expect(await verify(given, { json: true })).toBe(0);
    expect(JSON.parse(given.said())).toMatchObject({
      formatVersion: '1',
      form: 'dsse',
      signature: 'valid',
      problems: [],
    });
  });

  it('holds an attestation of before a rotation for good, until it ends', async () => {
    const given = aWorld();
    await attested(given);
    await keysRotate({}, given.world);
    expect(await verify(given)).toBe(0);
  });

  it.each([
    ['a digest that is none', { digest: 'abc' }, 'MUSTER_USAGE'],
    ['an instant that is none', { at: 'now' }, 'MUSTER_TIME_INVALID'],
    ['keys that are none', { keys: 'att' }, 'MUSTER_KEY_INVALID'],
  ])('refuses %s', async (_, options, code) => {
    const given = aWorld();
    await attested(given);
    await expect(verify(given, options)).rejects.toMatchObject({ code });
  });

  it('never ends with 0 or 1 for what could not be read', () => {
    const unread = { formatVersion: '1', form: 'dsse', signature: 'valid', kid: null, expired: null } as const;
    expect(exitOfVerification({ ...unread, attested: null, problems: [] })).toBe(2);
  });
});
