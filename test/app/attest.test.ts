/** Attestations from the decision on record to the eyes of somebody who was not there. */

import { createHmac, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkToken } from '../../src/adapters/keys/check-token.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { attestAsEnvelope, attestAsToken } from '../../src/app/attest.ts';
import { newestDecision } from '../../src/app/find-decision.ts';
import type { Store } from '../../src/app/ports.ts';
import { verifyAttestation } from '../../src/app/verify-attestation.ts';
import { type Digest, digestOfBytes } from '../../src/core/canonical.ts';
import { envelopeOf, preAuthEncoding } from '../../src/evidence/dsse.ts';
import type { PublicKey } from '../../src/evidence/keys.ts';
import { type DecisionStatement, PREDICATE_TYPE } from '../../src/evidence/statement.ts';
import { TOKEN_TYPE } from '../../src/evidence/token.ts';
import { type Asked, passes } from '../../src/evidence/verification.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { aDecision } from '../support/decision-builder.ts';
import { aKeeper, aP256Signer, aSigner, at, MADE } from '../support/signing.ts';

const NOW = at('2026-02-26T21:05:00Z');
const END = at('2026-02-26T21:15:00Z');
const CHANGE = digestOfBytes('change');
const audits = aSigner('a');
const tokens = aSigner('t', { purpose: 'token' });
const KEYS = [audits.key, tokens.key];
const ready: Partial<DecisionDocument> = { decision: 'review', verdict: 'ready', endpoint: null };

function aWorld(store: Store = createMemoryStore({ now: () => NOW }), now = NOW) {
  const randomness = { token: (length: number) => 'x'.repeat(length) };
  return { store, keeper: aKeeper(audits, tokens), clock: { now: () => now }, randomness, version: '1.2.3' };
}

const anEnvelope = async (fields: Partial<DecisionDocument> = ready) =>
  JSON.stringify(await attestAsEnvelope(aDecision(fields), aWorld()));
const aToken = (fields: Partial<DecisionDocument> = ready, audience: string | null = null) =>
  attestAsToken(aDecision(fields), aWorld(), { audience });

async function verify(content: string, asked: Partial<Asked> = {}, keys: readonly PublicKey[] = KEYS) {
  const whole = { at: NOW, digest: CHANGE as Digest | null, endpoint: null, audience: null, ...asked };
  return verifyAttestation({ content, origin: 'a.json', keys, asked: whole }, checkToken);
}

const codes = async (...args: Parameters<typeof verify>) => (await verify(...args)).problems.map(({ code }) => code);

describe('an envelope', () => {
  it('names the head of the chain that its decision is kept in', async () => {
    const world = aWorld();
    await world.store.recordDecision(aDecision(ready));
    const { payload } = await attestAsEnvelope(await newestDecision(CHANGE, world.store), world);
    const statement: DecisionStatement = JSON.parse(Buffer.from(payload, 'base64').toString());
    const head = await world.store.chain.head();
    expect(statement.predicate.record).toEqual({ seq: 1, digest: head?.digest });
  });

  it('passes in time, for its change, by its key', async () => {
    const found = await verify(await anEnvelope());
    expect(found).toMatchObject({
      formatVersion: '1',
      form: 'dsse',
      signature: 'valid',
      kid: audits.key.kid,
      expired: false,
      attested: { decision: 'review', verdict: 'ready', result: 'PASSED', changeDigest: CHANGE },
      problems: [],
    });
    expect(passes(found)).toBe(true);
  });

  it('is valid for a decision that failed, and does not pass', async () => {
    const found = await verify(await anEnvelope({ ...ready, decision: 'block', verdict: 'not_ready' }));
    expect(found).toMatchObject({ signature: 'valid', problems: [], attested: { result: 'FAILED' } });
    expect(passes(found)).toBe(false);
  });

  it('is signed with the key for attestations, whichever kind that is', async () => {
    const kms = aP256Signer();
    const made = await attestAsEnvelope(aDecision(ready), { ...aWorld(), keeper: aKeeper(kms) });
    expect(await codes(JSON.stringify(made), {}, [kms.key])).toEqual([]);
    expect(await codes(JSON.stringify(made))).toEqual(['no_key']);
  });

  it('tells nothing of what it says when no signature holds', async () => {
    const { payload, ...rest } = JSON.parse(await anEnvelope());
    const evil = Buffer.from(payload, 'base64').toString().replace('PASSED', 'FAILED');
    const found = await verify(JSON.stringify({ ...rest, payload: Buffer.from(evil).toString('base64') }));
    expect(found).toMatchObject({ signature: 'invalid', kid: null, expired: null, attested: null });
    expect(found.problems.map(({ code }) => code)).toEqual(['signature_invalid']);
  });

  it.each([
    ['another payload', 'application/vnd.in-toto+json', { hello: 'world' }, '_type'],
    ['another payload type', 'application/vnd.muster.seal+json', {}, 'payloadType'],
    [
      'another predicate',
      'application/vnd.in-toto+json',
      { _type: 'https://in-toto.io/Statement/v1', predicateType: `${PREDICATE_TYPE}.1` },
      'predicateType',
    ],
  ])('is refused when its good signature is over %s', async (_, payloadType, value, named) => {
    const payload = Buffer.from(JSON.stringify(value));
    const bytes = await audits.sign(preAuthEncoding(payloadType, payload));
    const envelope = envelopeOf({ payloadType, payload }, { kid: audits.key.kid, bytes });
    await expect(verify(JSON.stringify(envelope))).rejects.toMatchObject({
      code: 'MUSTER_ATTESTATION_INVALID',
      message: expect.stringContaining(named),
    });
  });
});

describe('a token', () => {
  it('passes in time, for its change, by its key', async () => {
    const found = await verify(`${await aToken()}\n`);
    expect(found).toMatchObject({ form: 'jws', signature: 'valid', kid: tokens.key.kid, expired: false, problems: [] });
    expect(found.attested).toMatchObject({ result: 'PASSED', madeAt: NOW, validUntil: END });
    expect(passes(found)).toBe(true);
  });

  it('is not made of a decision that has ended', async () => {
    const late = (now: string) => attestAsToken(aDecision(ready), aWorld(undefined, at(now)));
    await expect(late('2026-02-26T21:15:00Z')).rejects.toMatchObject({ code: 'MUSTER_DECISION_NOT_FOUND' });
    await expect(late('2026-02-26T21:14:59.999Z')).resolves.toBeDefined();
  });

  it('is for whom it names alone', async () => {
    const token = await aToken(ready, 'pipeline');
    expect(await codes(token, { audience: 'pipeline' })).toEqual([]);
    expect(await codes(token, { audience: 'other' })).toEqual(['other_audience']);
    expect(await codes(token)).toEqual(['other_audience']);
    expect(await codes(await aToken(), { audience: 'pipeline' })).toEqual(['other_audience']);
  });

  it('is refused by its header before any key is tried', async () => {
    const parts = (await aToken()).split('.');
    const header = (fields: object) =>
      Buffer.from(JSON.stringify({ typ: TOKEN_TYPE, ...fields })).toString('base64url');
    const none = [header({ alg: 'none' }), parts[1], ''].join('.');
    const hmac = createHmac('sha256', tokens.key.x)
      .update(`${header({ alg: 'HS256' })}.${parts[1]}`)
      .digest('base64url');
    const confused = [header({ alg: 'HS256', kid: tokens.key.kid }), parts[1], hmac].join('.');
    for (const [token, named] of [
      [none, '"none"'],
      [confused, '"HS256"'],
    ] as const) {
      const found = await verify(token);
      expect(found).toMatchObject({ signature: 'invalid', attested: null });
      expect(found.problems).toEqual([{ code: 'header_refused', message: expect.stringContaining(named) }]);
    }
  });

  it('says nothing when its key was not given', async () => {
    expect(await verify(await aToken(), {}, [audits.key, aSigner('o', { purpose: 'token' }).key])).toMatchObject({
      signature: 'no_key',
      attested: null,
    });
  });
});

describe('a key for the one purpose', () => {
  const swapped = (key: PublicKey, purpose: PublicKey['purpose']): PublicKey => ({ ...key, purpose });

  it('vouches for nothing of the other, in either direction', async () => {
    const envelope = await verify(await anEnvelope(), {}, [swapped(audits.key, 'token')]);
    const token = await verify(await aToken(), {}, [swapped(tokens.key, 'attestation')]);
    for (const found of [envelope, token]) {
      expect(found.signature).not.toBe('valid');
      expect(found.problems.map(({ code }) => code)).toEqual(['wrong_purpose']);
    }
  });

  it('makes no token of an envelope’s signature', async () => {
    const input = (await aToken()).split('.').slice(0, 2).join('.');
    const forged = `${input}.${sign(null, Buffer.from(input), audits.secret).toString('base64url')}`;
    expect((await verify(forged)).signature).toBe('invalid');
  });
});

describe.each([
  ['an envelope', anEnvelope],
  ['a token', aToken],
])('%s is void', (_, made) => {
  it('from the instant at which it ends', async () => {
    expect(await codes(await made(), { at: at('2026-02-26T21:14:59.999Z') })).toEqual([]);
    expect(await codes(await made(), { at: END })).toEqual(['expired']);
    expect(await verify(await made(), { at: at('2026-02-26T21:15:01Z') })).toMatchObject({
      expired: true,
      signature: 'valid',
    });
  });

  it('when it is about another change than the one asked about', async () => {
    expect(await codes(await made(), { digest: digestOfBytes('other') })).toEqual(['other_change']);
    expect(await codes(await made(), { digest: null })).toEqual([]);
  });

  it('when it was made of a lab, unless that lab was meant', async () => {
    const lab = 'http://127.0.0.1:4566';
    const content = await made({ ...ready, endpoint: lab });
    expect(await codes(content)).toEqual(['other_endpoint']);
    expect(await codes(content, { endpoint: 'http://127.0.0.1:9999' })).toEqual(['other_endpoint']);
    expect(await codes(content, { endpoint: lab })).toEqual([]);
    expect(await codes(await made(), { endpoint: lab })).toEqual(['other_endpoint']);
  });

  it('when nobody wrote down what it was made of', async () => {
    const { endpoint: _endpoint, ...fields } = ready;
    expect(await codes(await made(fields))).toEqual(['other_endpoint']);
  });

  it('when it bears a later time than the end of its key', async () => {
    const retired = (instant: string) => KEYS.map((key) => ({ ...key, retiredAt: at(instant) }));
    expect(await codes(await made(), {}, retired('2026-02-26T21:05:00Z'))).toEqual([]);
    expect(await codes(await made(), {}, retired('2026-02-26T20:59:59Z'))).toEqual(['key_retired']);
  });

  it('long before it was made', async () => {
    expect(await codes(await made(), { at: MADE })).toEqual(['not_yet']);
    expect(await codes(await made(), { at: at('2026-02-26T21:04:00Z') })).toEqual([]);
  });

  it('for every reason at once', async () => {
    const content = await made({ ...ready, endpoint: 'lab' });
    expect(await codes(content, { at: END, digest: digestOfBytes('other') })).toEqual([
      'expired',
      'other_change',
      'other_endpoint',
    ]);
  });
});

describe('what is neither an envelope nor a token', () => {
  it.each([
    ['nothing', ''],
    ['a plan', '{"format_version":"1.2"}'],
    ['text', 'hello'],
    ['more than anybody signs', 'A'.repeat(17 * 1024 * 1024)],
  ])('is refused: %s', async (_, content) => {
    await expect(verify(content)).rejects.toMatchObject({
      code: 'MUSTER_ATTESTATION_INVALID',
      message: expect.stringContaining('a.json'),
    });
  });
});
