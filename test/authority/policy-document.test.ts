/**
 * Reading policy documents: what AWS takes is taken, and what it does not is refused by key.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPolicyDocuments } from '../../src/authority/policy-document.ts';

const statement = { Effect: 'Allow', Action: 'rds:*', Resource: '*' };
const read = (value: unknown) => readPolicyDocuments(JSON.stringify(value), 'deploy.json');

describe('a policy file', () => {
  it('may hold one statement or many, one document or a list of them', () => {
    expect(read({ Statement: statement })).toEqual(read({ Version: '2012-10-17', Statement: [statement] }));
    expect(read([{ Statement: statement }, { Statement: [statement, statement] }]).map((one) => one.length)).toEqual([
      1, 2,
    ]);
  });

  it('may name one pattern or many', () => {
    expect(read({ Statement: { ...statement, Action: ['rds:*'], Resource: ['*'] } })).toEqual(
      read({ Statement: statement }),
    );
  });

  it('is what Muster asks for itself', () => {
    const names = ['infra/muster-reader.policy.json', 'infra/muster-drill.policy.json'];
    const counts = names.map((name) => readPolicyDocuments(readFileSync(name, 'utf8'), name)[0]?.length ?? 0);
    expect(counts.every((count) => count > 2)).toBe(true);
  });

  it.each<[unknown, RegExp]>([
    [
      { Statement: { ...statement, Effect: 'allow' } },
      /^deploy\.json:1:1: 0\.Statement\.0\.Effect: must be Allow or Deny$/,
    ],
    [
      { Statement: [statement, { ...statement, Action: 'DeleteDBInstance' }] },
      /0\.Statement\.1\.Action: .*service:Action/,
    ],
    [{ Statement: { ...statement, Action: [] } }, /Action: .*list of them/],
    [{ Statement: { ...statement, Resource: 'orders' } }, /0\.Statement\.0\.Resource: .*an ARN/],
    [{ Statement: { Effect: 'Allow', Action: 'rds:*' } }, /exactly one of Resource and NotResource must be there/],
    [{ Statement: { ...statement, NotAction: 's3:*' } }, /exactly one of Action and NotAction must be there/],
    [{ Statement: { ...statement, Principal: '*' } }, /0\.Statement\.0\.Principal: .*belongs to a thing/],
    [{ Statement: { ...statement, Condition: 'mfa' } }, /Condition: must be operators with keys and values/],
    [{ Statement: { ...statement, Actions: 'rds:*' } }, /0\.Statement\.0: the key "Actions" is unknown/],
    [{ Version: '2026-01-01', Statement: statement }, /0\.Version: must be 2012-10-17 or 2008-10-17/],
    [{ PolicyDocument: { Statement: statement } }, /0\.Statement/],
    [{}, /0\.Statement/],
    [[], /the file/],
  ])('%j is refused by its key', (value, message) => {
    expect(() => read(value)).toThrow(
      expect.objectContaining({ code: 'MUSTER_POLICY_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('that is cut off is refused by its line', () => {
    expect(() => readPolicyDocuments('{"Statement":\n[{', 'deploy.json')).toThrow(
      expect.objectContaining({ code: 'MUSTER_POLICY_INVALID', message: expect.stringMatching(/^deploy\.json:\d/) }),
    );
  });
});
