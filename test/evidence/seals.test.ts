/** Seals: which records they cover, by which key, and every seal and key that does not count. */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { canonicalJson, digestOfBytes } from '../../src/core/canonical.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import { type ChainRecord, linkAfter, type RecordKind } from '../../src/evidence/chain.ts';
import type { KeyRecord, PublicKey, SealRecord } from '../../src/evidence/keys.ts';
import { createSealCheck, keySigningInput, type SealReport, sealSigningInput } from '../../src/evidence/seals.ts';
import { aP256Signer, aSigner, at, flipped, type TestSigner } from '../support/signing.ts';

const START = at('2026-03-01T00:00:00Z');
const one = aSigner('1');
const two = aSigner('2');
const mallory = aSigner('m');

/** A chain that grows by a record a minute; what is sealed is told by hand, so that it can be told wrongly. */
class Chain {
  readonly records: ChainRecord[] = [];

  get now(): Instant {
    return addSeconds(START, 60 * (this.records.length + 1));
  }

  add(kind: RecordKind, body: object): this {
    this.records.push(linkAfter(this.records.at(-1) ?? null, { at: this.now, kind, key: null, body }));
    return this;
  }

  decisions(count: number): this {
    for (let index = 0; index < count; index += 1) this.add('decision', { decision: this.records.length });
    return this;
  }

  async key(by: TestSigner, introducer: TestSigner | null = null, fields: Partial<KeyRecord> = {}): Promise<this> {
    const record = { formatVersion: '1', at: this.now, key: by.key } as const;
    const sig =
      introducer === null ? '' : Buffer.from(await introducer.sign(keySigningInput(record))).toString('base64');
    const introducedBy = introducer === null ? null : { kid: introducer.key.kid, sig };
    return this.add('key', { ...record, introducedBy, ...fields });
  }

  async seal(by: TestSigner, fields: Partial<SealRecord> = {}, sig?: (right: Uint8Array) => Uint8Array): Promise<this> {
    const head = this.records.at(-1);
    if (head === undefined) throw new Error('nothing to seal');
    const seal = {
      formatVersion: '1',
      at: this.now,
      upTo: head.seq,
      digest: head.digest,
      kid: by.key.kid,
      ...fields,
    } as const;
    const right = await by.sign(sealSigningInput(seal));
    return this.add('seal', { ...seal, sig: Buffer.from(sig?.(right) ?? right).toString('base64') });
  }

  check(trusted: readonly PublicKey[] | null = null): SealReport {
    const check = createSealCheck(trusted);
    for (const record of this.records) check.take(record);
    return check.report();
  }

  problems(trusted: readonly PublicKey[] | null = null): string[] {
    return this.check(trusted).problems.map(({ seq, code }) => `${seq} ${code}`);
  }
}

/** Two decisions, sealed by the first key. */
async function sealed(): Promise<Chain> {
  return (await new Chain().decisions(2).key(one)).seal(one);
}

describe('what is signed', () => {
  it('is canonical JSON under a payload type of its own, without the signature', () => {
    const seal = { formatVersion: '1', at: START, upTo: 3, digest: digestOfBytes('x'), kid: 'k' } as const;
    const record = { formatVersion: '1', at: START, key: one.key } as const;
    const [sealBody, keyBody] = [canonicalJson(seal), canonicalJson(record)];
    expect(Buffer.from(sealSigningInput(seal)).toString()).toBe(
      `DSSEv1 32 application/vnd.muster.seal+json ${sealBody.length} ${sealBody}`,
    );
    expect(Buffer.from(keySigningInput(record)).toString()).toBe(
      `DSSEv1 31 application/vnd.muster.key+json ${keyBody.length} ${keyBody}`,
    );
    const more = { ...seal, sig: 'signature' };
    expect(sealSigningInput(more)).toEqual(sealSigningInput(seal));
  });
});

describe('a sealed chain', () => {
  it('is sealed up to the last record that its seal names, by that key, since then', async () => {
    expect((await sealed()).check()).toEqual({
      sealed: [
        { kid: one.key.kid, from: 1, upTo: 3, since: at('2026-03-01T00:04:00Z'), until: at('2026-03-01T00:04:00Z') },
      ],
      unsealed: null,
      anchored: false,
      problems: [],
    });
  });

  it('is unsealed from the first record after that, and a seal itself does not count', async () => {
    const chain = (await sealed()).decisions(2);
    expect(chain.check().unsealed).toEqual({ from: 5, since: at('2026-03-01T00:05:00Z'), records: 2 });
    expect((await chain.seal(one)).check()).toMatchObject({ sealed: [{ from: 1, upTo: 6 }], unsealed: null });
  });

  it('is unsealed as a whole when nobody sealed it', () => {
    const { sealed: stretches, unsealed } = new Chain().decisions(3).check();
    expect(stretches).toEqual([]);
    expect(unsealed).toEqual({ from: 1, since: at('2026-03-01T00:01:00Z'), records: 3 });
  });

  it('has nothing to tell when it is empty', () => {
    expect(new Chain().check([one.key])).toEqual({ sealed: [], unsealed: null, anchored: false, problems: [] });
  });

  it('tells where one key ends and the next begins, and since when', async () => {
    const chain = await (await (await sealed()).decisions(1).seal(one)).key(two, one);
    const { sealed: stretches, problems } = (await chain.decisions(1).seal(two)).check();
    expect(stretches).toMatchObject([
      { kid: one.key.kid, from: 1, upTo: 5 },
      { kid: two.key.kid, from: 6, upTo: 8, since: at('2026-03-01T00:09:00Z') },
    ]);
    expect(problems).toEqual([]);
  });

  it('may be sealed by a key of another kind after the first', async () => {
    const kms = aP256Signer();
    const chain = await (await (await sealed()).key(kms, one)).seal(kms);
    expect(chain.check()).toMatchObject({ sealed: [{}, { kid: kms.key.kid, upTo: 5 }], problems: [] });
  });

  it('may be sealed twice side by side by processes that know nothing of each other', async () => {
    const chain = (await sealed()).decisions(2);
    const [, , , , fifth] = chain.records;
    await chain.seal(one);
    await chain.seal(one, { upTo: 5, ...(fifth && { digest: fifth.digest }) });
    expect(chain.check()).toMatchObject({ sealed: [{ from: 1, upTo: 6 }], unsealed: null, problems: [] });
  });

  it('may name its key twice', async () => {
    const chain = await (await (await sealed()).key(one)).seal(one);
    expect(chain.check()).toMatchObject({ sealed: [{ upTo: 5 }], problems: [] });
  });
});

describe('keys that are trusted', () => {
  it('anchor a chain that begins with one of them', async () => {
    expect((await sealed()).check([two.key, one.key])).toMatchObject({ anchored: true, problems: [] });
  });

  it('vouch for those that they introduced', async () => {
    const chain = await (await (await sealed()).key(two, one)).seal(two);
    expect(chain.check([one.key])).toMatchObject({ anchored: true, sealed: [{}, { kid: two.key.kid }], problems: [] });
  });

  it('make a chain that begins with another key count for nothing', async () => {
    const chain = await sealed();
    expect(chain.problems([two.key])).toEqual(['3 key_untrusted', '4 seal_by_unknown_key']);
    expect(chain.check([two.key])).toMatchObject({ sealed: [], anchored: false, unsealed: { from: 1, records: 3 } });
  });

  it('need no introduction, as after a key that was lost', async () => {
    const chain = await (await (await sealed()).key(two)).seal(two);
    expect(chain.problems([one.key, two.key])).toEqual([]);
    expect(chain.problems([one.key])).toEqual(['5 key_not_introduced', '6 seal_by_unknown_key']);
  });

  it('seal nothing after the moment at which they were retired', async () => {
    const chain = await sealed();
    const retired = (instant: string) => [{ ...one.key, retiredAt: at(instant) }];
    expect(chain.problems(retired('2026-03-01T00:04:00Z'))).toEqual([]);
    expect(chain.problems(retired('2026-03-01T00:03:59Z'))).toEqual(['4 seal_by_retired_key']);
  });
});

describe('a key that does not count', () => {
  it.each<[string, TestSigner | null, Partial<KeyRecord>]>([
    ['nobody introduced', null, {}],
    ['introduced itself', mallory, {}],
    ['one that never sealed here introduced', two, {}],
    ['claims an introduction', null, { introducedBy: { kid: one.key.kid, sig: 'AAAA' } }],
    ['claims one that is no base64', null, { introducedBy: { kid: one.key.kid, sig: '$' } }],
  ])('is one that %s', async (_, introducer, fields) => {
    const chain = await (await (await sealed()).key(mallory, introducer, fields)).seal(mallory);
    expect(chain.problems()).toEqual(['5 key_not_introduced', '6 seal_by_unknown_key']);
    expect(chain.check().sealed).toMatchObject([{ kid: one.key.kid, upTo: 3 }]);
  });

  it('is one whose introduction was for another record', async () => {
    const chain = await sealed();
    const record = { formatVersion: '1', at: chain.now, key: two.key } as const;
    const sig = Buffer.from(await one.sign(keySigningInput(record))).toString('base64');
    await chain.key(mallory, null, { introducedBy: { kid: one.key.kid, sig } });
    expect(chain.problems()).toEqual(['5 key_not_introduced']);
  });

  it('is one that was followed by another already', async () => {
    const chain = await (await (await sealed()).key(two, one)).key(one, two);
    expect(chain.problems()).toEqual(['6 key_not_introduced']);
  });

  it.each<[string, object]>([
    ['for tokens', { key: { ...one.key, purpose: 'token' } }],
    ['under the name of another key', { key: { ...mallory.key, kid: one.key.kid } }],
    ['of another format', { formatVersion: '2' }],
  ])('is one %s', async (_, fields) => {
    const chain = await new Chain().key(one, null, fields as Partial<KeyRecord>);
    expect((await chain.seal(one)).problems()).toEqual(['1 key_unreadable', '2 seal_by_unknown_key']);
  });

  it('is one whose record was erased', async () => {
    const chain = await sealed();
    chain.records[2] = { ...(chain.records[2] as ChainRecord), body: null };
    expect(chain.problems()).toEqual(['3 key_unreadable', '4 seal_by_unknown_key']);
  });
});

describe('a seal that does not count', () => {
  const withBadSeal = async (tamper: (chain: Chain) => Promise<Chain>) => {
    const chain = await tamper((await sealed()).decisions(1));
    expect(chain.check()).toMatchObject({ sealed: [{ upTo: 3 }], unsealed: { from: 5 } });
    return chain.problems();
  };

  it('is one over a record that is not there any more', async () => {
    expect(await withBadSeal((chain) => chain.seal(one, { digest: digestOfBytes('what it was') }))).toEqual([
      '6 seal_over_another_record',
    ]);
  });

  it('is one over a record that does not come before it', async () => {
    expect(await withBadSeal((chain) => chain.seal(one, { upTo: 6 }))).toEqual(['6 seal_over_another_record']);
    expect(await withBadSeal((chain) => chain.seal(one, { upTo: 9 }))).toEqual(['6 seal_over_another_record']);
  });

  it.each([0, 31, 32, 63])('is one with byte %i of its signature changed', async (index) => {
    expect(await withBadSeal((chain) => chain.seal(one, {}, (right) => flipped(right, index)))).toEqual([
      '6 seal_signature_invalid',
    ]);
  });

  it('is one whose words were changed after it was signed', async () => {
    const chain = (await sealed()).decisions(1);
    await chain.seal(one);
    const last = chain.records.pop();
    const { at: _, ...seal } = JSON.parse(last?.body ?? '') as SealRecord;
    chain.add('seal', { ...seal, at: START });
    expect(chain.problems()).toEqual(['6 seal_signature_invalid']);
  });

  it('is one by a key that the chain does not know, or under the name of one that it does', async () => {
    expect(await withBadSeal((chain) => chain.seal(mallory))).toEqual(['6 seal_by_unknown_key']);
    expect(await withBadSeal((chain) => chain.seal(mallory, { kid: one.key.kid }))).toEqual([
      '6 seal_signature_invalid',
    ]);
  });

  it('is one by the key before, once another has followed', async () => {
    const chain = await (await (await sealed()).key(two, one)).decisions(1).seal(one);
    expect(chain.problems()).toEqual(['7 seal_by_retired_key']);
    expect(chain.check()).toMatchObject({ sealed: [{ upTo: 3 }], unsealed: { from: 5, records: 2 } });
  });

  it('is one that was erased, or is none', async () => {
    const chain = await sealed();
    chain.records[3] = { ...(chain.records[3] as ChainRecord), body: null };
    expect(chain.problems()).toEqual(['4 seal_unreadable']);
    expect((await sealed()).add('seal', { formatVersion: '1' }).problems()).toEqual(['5 seal_unreadable']);
  });

  it('is made good by the next one that holds', async () => {
    const chain = (await sealed()).decisions(1);
    await chain.seal(one, {}, (right) => flipped(right, 0));
    await chain.seal(one);
    expect(chain.check()).toMatchObject({ sealed: [{ from: 1, upTo: 6 }], unsealed: null });
    expect(chain.problems()).toEqual(['6 seal_signature_invalid']);
  });
});

describe('the records of a store', () => {
  it('are taken as they come out of it', async () => {
    const store = createMemoryStore({ now: () => START });
    await store.recordKey({ formatVersion: '1', at: START, key: one.key, introducedBy: null });
    const head = await store.chain.head();
    if (head === null) throw new Error('nothing was kept');
    const seal = { formatVersion: '1', at: START, upTo: head.seq, digest: head.digest, kid: one.key.kid } as const;
    const sig = Buffer.from(await one.sign(sealSigningInput(seal))).toString('base64');
    await store.recordSeal({ ...seal, sig });
    const check = createSealCheck([one.key]);
    for await (const record of store.chain.read()) check.take(record);
    expect(check.report()).toMatchObject({ sealed: [{ from: 1, upTo: 1 }], anchored: true, problems: [] });
  });
});
