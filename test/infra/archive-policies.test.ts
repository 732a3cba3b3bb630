/**
 * The policies of the archive: who ships may look, read, put what is new and lock it, and nobody may do what harms it.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { recordsPrefix } from '../../src/adapters/archive/location.ts';
import { readFiles } from '../support/house-rule.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const tests = z.record(z.string(), z.string()).optional();
const statement = z.strictObject({
  Sid: z.string().regex(/^[A-Za-z0-9]+$/),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.strictObject({ AWS: z.string() })]).optional(),
  Action: oneOrMore,
  Resource: oneOrMore,
  Condition: z.strictObject({ Null: tests, StringNotEquals: tests }).optional(),
});
const policy = z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(statement) });
const load = (name: string) => policy.parse(JSON.parse(readFileSync(`infra/${name}.json`, 'utf8'))).Statement;

const shipper = load('muster-archive.policy');
const bucket = load('muster-archive.bucket-policy');
const allowed = (statements: typeof shipper) =>
  statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
const RECORDS = `arn:aws:s3:::BUCKET/${recordsPrefix({ bucket: 'BUCKET', prefix: 'PREFIX' })}*`;
const NEEDED = [
  's3:GetBucketObjectLockConfiguration',
  's3:GetObject',
  's3:ListBucket',
  's3:PutObject',
  's3:PutObjectRetention',
];

describe('the policy of whoever ships', () => {
  it('allows what the archive calls, locking among it, and nothing else', () => {
    expect(allowed(shipper).sort()).toEqual(NEEDED);
    const called = readFiles('src/adapters/archive').flatMap(({ strings }) =>
      strings.map(({ text }) => text).filter((text) => /^s3:[A-Z]\w+$/.test(text)),
    );
    // What puts a retention with its object needs the permission to put one.
    expect([...new Set([...called, 's3:PutObjectRetention'])].sort()).toEqual(NEEDED);
  });

  it('puts only where nothing is', () => {
    const puts = shipper.filter(({ Action }) => Action.includes('s3:PutObject'));
    expect(puts.map(({ Condition }) => Condition)).toEqual([{ Null: { 's3:if-none-match': 'false' } }]);
  });

  it.each([
    ['shipper', shipper],
    ['bucket', bucket],
  ])('reaches the bucket and the records in it alone: %s', (_, statements) => {
    for (const { Action, Resource } of statements) {
      const onBucket = Action.every((action) => /Bucket/.test(action) && !action.includes('Bypass'));
      expect(Resource).toEqual([onBucket ? 'arn:aws:s3:::BUCKET' : RECORDS]);
    }
  });
});

describe('the policy of the bucket', () => {
  it('lets one role in, for the same calls', () => {
    expect(allowed(bucket).sort()).toEqual(NEEDED);
    for (const { Effect, Principal } of bucket) {
      expect(Principal).toEqual(Effect === 'Deny' ? '*' : { AWS: 'arn:aws:iam::MUSTER-ACCOUNT:role/MUSTER-ROLE' });
    }
  });

  it('denies everybody to overwrite, to put without a lock, to hide, to remove and to go around a lock', () => {
    const denied = bucket.filter(({ Effect }) => Effect === 'Deny');
    expect(denied.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [['s3:PutObject'], { Null: { 's3:if-none-match': 'true' } }],
      [['s3:PutObject'], { StringNotEquals: { 's3:object-lock-mode': 'COMPLIANCE' } }],
      [['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'], undefined],
    ]);
  });
});
