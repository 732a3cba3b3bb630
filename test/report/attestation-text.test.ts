/** Checks of attestations, seals and keys as text. */

import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/core/canonical.ts';
import type { SealReport } from '../../src/evidence/seals.ts';
import { type Attested, unverified, type Verification, verified } from '../../src/evidence/verification.ts';
import { renderRotation, renderVerification } from '../../src/report/attestation-text.ts';
import { renderSeals } from '../../src/report/records-text.ts';
import { colourPaint, PLAIN_PAINT } from '../../src/report/style.ts';
import { expectPlainLines, HOSTILE } from '../support/report-claims.ts';
import { aSigner, at } from '../support/signing.ts';

const { key } = aSigner('a');
const NOW = at('2026-02-26T21:05:00Z');
const CHANGE = digestOfBytes('change');
const attested: Attested = {
  changeDigest: CHANGE,
  decisionDigest: digestOfBytes('decision'),
  decision: 'review',
  verdict: 'ready',
  result: 'PASSED',
  madeAt: at('2026-02-26T21:00:00Z'),
  validUntil: at('2026-02-26T21:15:00Z'),
  resourceUri: 'aws:123456789012/eu-west-1',
  endpoint: null,
  audience: null,
  verifier: { id: 'https://muster.dev/verifier', version: '1.2.3' },
};
const asked = { at: NOW, digest: CHANGE, endpoint: null, audience: null };
const of = (fields: Partial<Attested> = {}, more: Partial<typeof asked> = {}): Verification =>
  verified('dsse', { attested: { ...attested, ...fields }, key }, { ...asked, ...more });
const render = (found: Verification, width = 100) => renderVerification(found, PLAIN_PAINT, width);

describe('the check of an attestation', () => {
  it('leads with the result and says what was attested, by which key', () => {
    expect(render(of()).split('\n')).toEqual([
      'PASSED  signature valid, in time; the verdict is ready',
      'decision  review, verdict: ready',
      `change    ${CHANGE}`,
      'place     aws:123456789012/eu-west-1',
      'asked     AWS',
      'made      2026-02-26 21:00:00 UTC by https://muster.dev/verifier, version 1.2.3',
      'valid     until 2026-02-26 21:15:00 UTC',
      `signed    by key ${key.kid}`,
      '',
    ]);
  });

  it.each([
    ['FAILED', 'not_ready', 'not ready'],
    ['UNKNOWN', 'unknown', 'unknown'],
  ] as const)(
    'leads with %s when that is the result, and says that it is the verdict and not the signature',
    (result, verdict, words) => {
      expect(render(of({ result, verdict, decision: 'block' }))).toMatch(
        new RegExp(`^${result}  signature valid, in time; the verdict is ${words}\n`),
      );
    },
  );

  it('is void, and never leads with what it says, when anything is wrong with it', () => {
    const text = render(of({ endpoint: 'http://127.0.0.1:1' }, { at: at('2026-02-26T22:00:00Z') }));
    expect(text).toMatch(
      /^VOID {2}this attestation may not be relied on\n {2}- ended at 2026-02-26T21:15:00.000Z \(expired\)\n/,
    );
    expect(text).toContain('(other_endpoint)');
    expect(text).toContain('asked     http://127.0.0.1:1, which is not AWS');
    expect(text).not.toContain('PASSED');
  });

  it('says nothing of the content that no signature holds for', () => {
    const problem = {
      code: 'no_key',
      message: 'is signed with key k, which is not among the attestation keys given',
    } as const;
    expect(render(unverified('dsse', 'no_key', [problem])).split('\n')).toEqual([
      'VOID  this attestation may not be relied on',
      '  - is signed with key k, which is not among the attestation keys given (no_key)',
      'signed    by a key that was not given',
      '',
    ]);
  });

  it('is void without a word of why, should there be none', () => {
    expect(render(unverified('jws', 'invalid', []))).toMatch(/^VOID/);
  });

  it('names whom a token is for', () => {
    expect(render(of({ audience: ['pipeline'] }, { audience: 'pipeline' as never }))).toContain('for       pipeline');
  });

  it.each([60, 100])('fits %i columns and repaints nothing, whatever it says', (width) => {
    const hostile = of({
      endpoint: HOSTILE,
      resourceUri: HOSTILE,
      audience: [HOSTILE, HOSTILE],
      verifier: { id: HOSTILE, version: HOSTILE },
    });
    const problems = [{ code: 'no_key', message: HOSTILE.repeat(4) }] as const;
    for (const found of [hostile, unverified('jws', 'invalid', problems)]) {
      expectPlainLines(render(found, width), width);
    }
  });

  it('paints what it says, and says it without paint too', () => {
    const painted = renderVerification(of(), colourPaint());
    expect(painted).toContain('\u001b[32mPASSED');
  });
});

describe('the seals of a chain', () => {
  const two = aSigner('b').key;
  const report: SealReport = {
    sealed: [
      { kid: key.kid, from: 1, upTo: 20, since: at('2026-01-01T00:00:00Z'), until: NOW },
      { kid: two.kid, from: 21, upTo: 30, since: at('2026-02-01T00:00:00Z'), until: NOW },
    ],
    unsealed: { from: 32, since: at('2026-02-03T04:05:06Z'), records: 1 },
    anchored: false,
    problems: [],
  };

  it('are told by key, up to which record and since when, and what is not sealed', () => {
    expect(renderSeals(report, PLAIN_PAINT).split('\n')).toEqual([
      `sealed    records 1 to 20 by key ${key.kid}, since 2026-01-01`,
      '          00:00:00 UTC',
      `sealed    records 21 to 30 by key ${two.kid}, since 2026-02-01`,
      '          00:00:00 UTC',
      'unsealed  1 record from 32 on, since 2026-02-03 04:05:06 UTC',
      'trust     the first key is taken at its word: no key that is trusted was compared with it',
      '',
    ]);
  });

  it('say so when there is none, and claim no trust', () => {
    const none: SealReport = { sealed: [], unsealed: null, anchored: false, problems: [] };
    expect(renderSeals(none, PLAIN_PAINT)).toBe('sealed    nothing\n');
  });

  it('say nothing of trust that was given', () => {
    expect(renderSeals({ ...report, anchored: true }, PLAIN_PAINT)).not.toContain('trust');
  });

  it('name each problem with its record', () => {
    const problems = [{ code: 'seal_signature_invalid', seq: 7, at: NOW, message: HOSTILE }] as const;
    const text = renderSeals({ ...report, problems }, PLAIN_PAINT, 60);
    expect(text).toContain('problem   record 7: ');
    expect(text).toContain('(seal_signature_invalid)');
    expectPlainLines(text, 60);
  });
});

describe('a rotation', () => {
  it('says which key went, which came, and who must be told', () => {
    const text = renderRotation({ retired: { ...key, retiredAt: NOW }, current: aSigner('b').key });
    expect(text).toContain(`retired   ${key.kid}, retired at 2026-02-26 21:05:00 UTC`);
    expect(text).toContain(`current   ${aSigner('b').key.kid}, which signs attestations from now on`);
    expect(text).toContain('muster keys');
    expectPlainLines(text);
  });
});
