/**
 * The form of a token, and what the records on one come to.
 */

import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/core/canonical.ts';
import { addSeconds } from '../../src/core/time.ts';
import {
  readToken,
  secretDigestOf,
  type TokenIssued,
  type TokenRevoked,
  tokenStateOf,
  tokensById,
  tokenText,
} from '../../src/evidence/access-token.ts';
import { NOW } from '../support/builders.ts';

const PARTS = { id: 'k3v9q0x7m2aa', secret: `${'a1'.repeat(24)}zz` };
const TEXT = tokenText(PARTS);
const ISSUED: TokenIssued = {
  formatVersion: '1',
  what: 'issued',
  at: addSeconds(NOW, -60),
  id: PARTS.id,
  name: 'CI',
  scopes: ['read'],
  secretDigest: secretDigestOf(PARTS.secret),
  expiresAt: NOW,
  by: 'alexey',
};
const REVOKED: TokenRevoked = { formatVersion: '1', what: 'revoked', at: NOW, id: PARTS.id, by: 'jane' };

describe('the text of a token', () => {
  it('reads back into its parts', () => {
    expect(TEXT).toBe(`muster_${PARTS.id}_${PARTS.secret}`);
    expect(readToken(TEXT)).toEqual(PARTS);
  });

  it.each([
    ['nothing', ''],
    ['another prefix', TEXT.replace('muster', 'master')],
    ['a capital letter', TEXT.replace(/zz$/, 'zZ')],
    ['a short secret', TEXT.slice(0, -1)],
    ['a long secret', `${TEXT}a`],
    ['a line end behind it', `${TEXT}\n`],
    ['a blank before it', ` ${TEXT}`],
    ['a digit of another script', TEXT.replace(/zz$/, 'z٣')],
    ['the parts the other way round', `muster_${PARTS.secret}_${PARTS.id}`],
    ['no secret', `muster_${PARTS.id}`],
    ['a megabyte behind it', TEXT + 'a'.repeat(1_000_000)],
  ])('with %s is none', (_, text) => {
    expect(readToken(text)).toBeNull();
  });

  it('is kept as the digest of its secret alone', () => {
    expect(secretDigestOf(PARTS.secret)).toBe(digestOfBytes(PARTS.secret));
  });
});

describe('the state of a token', () => {
  const known = { issued: ISSUED, revoked: null };

  it('is active until its end and expired from that very instant on', () => {
    expect(tokenStateOf(known, addSeconds(NOW, -0.001))).toBe('active');
    expect(tokenStateOf(known, NOW)).toBe('expired');
  });

  it('is revoked once it was taken back, whatever the instant', () => {
    const taken = { ...known, revoked: REVOKED };
    expect(tokenStateOf(taken, addSeconds(NOW, -30))).toBe('revoked');
    expect(tokenStateOf(taken, addSeconds(NOW, 30))).toBe('revoked');
  });
});

describe('the records of tokens', () => {
  it('are one token an id, with the first word on it and the first revocation', () => {
    const other = { ...ISSUED, id: 'b'.repeat(12) };
    const again = { ...REVOKED, by: 'somebody else' };
    expect([...tokensById([ISSUED, other, REVOKED, again])]).toEqual([
      [ISSUED.id, { issued: ISSUED, revoked: REVOKED }],
      [other.id, { issued: other, revoked: null }],
    ]);
  });

  it('let nobody put another secret, end or scope behind the id of a token', () => {
    const forged = { ...ISSUED, scopes: ['approve'] as const, expiresAt: addSeconds(NOW, 1e9) };
    expect(tokensById([ISSUED, forged]).get(ISSUED.id)?.issued).toEqual(ISSUED);
  });

  it('keep a token revoked though it was given out once more, or its revocation comes first', () => {
    for (const records of [
      [ISSUED, REVOKED, ISSUED],
      [REVOKED, ISSUED],
    ]) {
      expect(tokensById(records).get(ISSUED.id)?.revoked).toEqual(REVOKED);
    }
  });

  it('of a revocation alone are no token', () => {
    expect(tokensById([REVOKED]).size).toBe(0);
  });
});
