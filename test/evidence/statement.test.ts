/** Statements: what is attested of a decision, what is not, and which of them are read back. */

import { describe, expect, it } from 'vitest';
import { digestOf, digestOfBytes } from '../../src/core/canonical.ts';
import { readStatement } from '../../src/evidence/read-statement.ts';
import { ENDPOINT_NOT_RECORDED, PREDICATE_TYPE, resultOf, statementOf } from '../../src/evidence/statement.ts';
import type { DecisionDocument, EvidenceView } from '../../src/verdict/document.ts';
import { aDatabaseView, aDecision, aSurvivor } from '../support/decision-builder.ts';
import { at } from '../support/signing.ts';

const context = { version: '1.2.3', record: { seq: 7, digest: digestOfBytes('head') } };
const of = (fields: Partial<DecisionDocument> = {}) => statementOf(aDecision({ endpoint: null, ...fields }), context);
const hex = (text: string) => digestOfBytes(text).slice('sha256:'.length);

function anEvidence(fields: Partial<EvidenceView> = {}): EvidenceView {
  return {
    id: 'drill:d1',
    kind: 'drill',
    digest: digestOfBytes('drill'),
    observedAt: at('2026-02-20T00:00:00Z'),
    ageSeconds: 60,
    freshUntil: null,
    state: 'proven',
    says: 'restored and queried',
    ...fields,
  };
}

describe('a statement', () => {
  it('is an in-toto statement about the change, by digest alone', () => {
    expect(of()).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'change', digest: { sha256: hex('change') } }],
      predicateType: 'https://muster.dev/attestation/decision/v1',
    });
  });

  it('says who verified, when, until when, where, and against which policy', () => {
    expect(of().predicate).toMatchObject({
      verifier: { id: 'https://muster.dev/verifier', version: { muster: '1.2.3' } },
      timeVerified: '2026-02-26T21:00:00.000Z',
      validUntil: '2026-02-26T21:15:00.000Z',
      resourceUri: 'aws:123456789012/eu-west-1',
      policy: { digest: { sha256: hex('policy') } },
      inventoryDigest: digestOfBytes('inventory'),
      record: context.record,
    });
  });

  it('names the decision document by its digest', () => {
    const document = aDecision();
    expect(statementOf(document, context).predicate.decisionDigest).toBe(digestOf(document));
  });

  it('has no place when the change has none', () => {
    expect(of({ scope: null }).predicate.resourceUri).toBeNull();
  });

  it('shows what was asked instead of AWS', () => {
    expect(of({ endpoint: 'http://127.0.0.1:4566' }).predicate.endpoint).toBe('http://127.0.0.1:4566');
    expect(of().predicate.endpoint).toBeNull();
  });

  it('never takes a decision that did not write down what it asked for one about AWS', () => {
    expect(statementOf(aDecision(), context).predicate.endpoint).toBe(ENDPOINT_NOT_RECORDED);
  });

  it('cites each drill record once, and nothing that has no digest of ours', () => {
    const evidence = [
      anEvidence(),
      anEvidence({ id: 'drill:d2', digest: digestOfBytes('two'), state: 'stale' }),
      anEvidence({ id: 'drill:d3', digest: null }),
      anEvidence({ id: 'restore_test:j', kind: 'restore_test', digest: null }),
      anEvidence({ id: 'inventory', kind: 'inventory' }),
    ];
    const databases = [aDatabaseView({ evidence }), aDatabaseView({ evidence: [anEvidence()] })];
    expect(of({ databases }).predicate.inputAttestations).toEqual([
      { uri: 'muster:drill:d1', digest: { sha256: hex('drill') } },
      { uri: 'muster:drill:d2', digest: { sha256: hex('two') } },
    ]);
  });

  it('tells of each database what remains, and by whom a shortfall was let pass', () => {
    const waiver = {
      reason: 'no_survivor',
      by: 'ops',
      because: 'moved away',
      until: at('2026-03-01T00:00:00Z'),
      origin: '/etc/muster.yaml:4',
    } as const;
    const view = aDatabaseView({
      survivors: [aSurvivor(), aSurvivor()],
      dataLossSeconds: 300,
      restoreSeconds: { p50: 60, p95: 90, n: 3, conditions: 'small' },
      waivers: [waiver],
    });
    const { origin: _, ...shown } = waiver;
    expect(of({ databases: [view] }).predicate.databases).toEqual([
      {
        arn: view.arn,
        resourceId: view.resourceId,
        verdict: 'not_ready',
        survivors: 2,
        dataLossSeconds: 300,
        restoreSeconds: 90,
        reasons: ['no_survivor'],
        waivers: [shown],
      },
    ]);
  });

  it('gives the classes of the change and nothing else of it', () => {
    const changes = ['destroy', 'disarm', 'destroy'].map((name, index) => ({
      address: `aws_rds_cluster.canary_${index}`,
      actions: ['delete'],
      class: name as DecisionDocument['changes'][number]['class'],
    }));
    expect(of({ changes }).predicate.change).toEqual({ classes: ['destroy', 'disarm'] });
    expect(JSON.stringify(of({ changes, principal: 'canary_principal' }))).not.toContain('canary');
  });

  it.each([
    ['review', 'ready', 'PASSED'],
    ['allow', 'ready', 'PASSED'],
    ['block', 'ready', 'FAILED'],
    ['block', 'not_ready', 'FAILED'],
    ['allow', 'not_ready', 'FAILED'],
    ['block', 'unknown', 'UNKNOWN'],
    ['allow', 'unknown', 'UNKNOWN'],
  ] as const)('of %s and %s amounts to %s', (decision, verdict, result) => {
    expect(resultOf({ decision, verdict })).toBe(result);
  });
});

describe('a statement read back', () => {
  const read = (value: unknown) => readStatement(JSON.parse(JSON.stringify(value)), 'a.json');
  const changed = (fields: object) => ({ ...of(), predicate: { ...of().predicate, ...fields } });

  it('says what was written', () => {
    expect(read(of())).toEqual({
      changeDigest: digestOfBytes('change'),
      decisionDigest: of().predicate.decisionDigest,
      decision: 'block',
      verdict: 'not_ready',
      result: 'FAILED',
      madeAt: '2026-02-26T21:00:00.000Z',
      validUntil: '2026-02-26T21:15:00.000Z',
      resourceUri: 'aws:123456789012/eu-west-1',
      endpoint: null,
      audience: null,
      verifier: { id: 'https://muster.dev/verifier', version: '1.2.3' },
    });
  });

  it('may hold members that nobody knows, anywhere', () => {
    const { subject, ...rest } = changed({ novel: 1, databases: 'anything' });
    const more = {
      ...rest,
      novel: 1,
      subject: [{ ...subject[0], novel: 1, digest: { ...subject[0].digest, sha512: 'x' } }],
    };
    expect(read(more).decision).toBe('block');
  });

  it.each([
    ['another statement', { ...of(), _type: 'https://in-toto.io/Statement/v0.1' }, 'Statement/v0.1'],
    ['another predicate', { ...of(), predicateType: 'https://slsa.dev/verification_summary/v1' }, 'slsa.dev'],
    ['the next major version', { ...of(), predicateType: PREDICATE_TYPE.replace('v1', 'v2') }, 'major version "v2"'],
    ['no version', { ...of(), predicateType: PREDICATE_TYPE.replace('/v1', '/') }, 'major version ""'],
    ['two subjects', { ...of(), subject: [of().subject[0], of().subject[0]] }, 'subject'],
    ['no subject', { ...of(), subject: [] }, 'subject'],
    ['a subject without SHA-256', { ...of(), subject: [{ digest: { sha1: 'a' } }] }, 'sha256'],
    ['a digest in capitals', { ...of(), subject: [{ digest: { sha256: hex('a').toUpperCase() } }] }, 'sha256'],
    ['no end', changed({ validUntil: undefined }), 'validUntil'],
    ['an end in another form', changed({ validUntil: '2026-02-26T21:15:00Z' }), 'validUntil'],
    ['no endpoint, which is not AWS', changed({ endpoint: undefined }), 'endpoint'],
    ['a word nobody knows', changed({ decision: 'permit' }), 'decision'],
    ['a result that its verdict does not bear', changed({ verificationResult: 'PASSED' }), 'verificationResult'],
    ['nothing', null, 'no in-toto statement'],
    ['text', 'text', 'no in-toto statement'],
  ])('is refused by name: %s', (_, value, named) => {
    expect(() => read(value)).toThrow(
      expect.objectContaining({ code: 'MUSTER_ATTESTATION_INVALID', message: expect.stringContaining(named) }),
    );
  });

  it('takes nothing from a prototype', () => {
    const value = JSON.parse(JSON.stringify(of()).replace('"decision":"block"', '"__proto__":{"decision":"allow"}'));
    expect(() => readStatement(value, 'a.json')).toThrow('decision');
  });
});
