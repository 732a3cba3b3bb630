/** Equal values give equal bytes, and different ones do not. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, compareCodeUnits, digestOf, digestOfBytes, sortedBy } from '../../src/core/canonical.ts';
import { MusterError } from '../../src/core/errors.ts';

/** The same value with the keys of every object in the opposite order. */
function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([key, member]) => [key, reversedKeys(member)]));
}

describe('canonical JSON', () => {
  it('orders keys by code unit at every depth', () => {
    expect(canonicalJson({ b: 1, a: { d: [{ z: 1, y: 2 }], C: 3 } })).toBe('{"a":{"C":3,"d":[{"y":2,"z":1}]},"b":1}');
  });

  it('keeps the order of lists', () => {
    expect(canonicalJson([3, 1, 2])).toBe('[3,1,2]');
  });

  it('leaves out undefined members and writes undefined items as null', () => {
    expect(canonicalJson({ a: undefined, b: null })).toBe('{"b":null}');
    expect(canonicalJson([undefined, null])).toBe('[null,null]');
  });

  it('writes text as it is, escaping only what JSON must', () => {
    expect(canonicalJson({ 'ä€😀': 'a"\\\n\u0007é' })).toBe('{"ä€😀":"a\\"\\\\\\n\\u0007é"}');
  });

  it('orders keys beyond the basic plane by code unit, as RFC 8785 does', () => {
    expect(canonicalJson({ '\ufb33': 1, '😀': 2, '\u0080': 3 })).toBe('{"\u0080":3,"😀":2,"\ufb33":1}');
  });

  it('writes minus zero as zero and large numbers in the shortest form', () => {
    expect(canonicalJson([-0, 0, 1e21, 1e-7, 0.1])).toBe('[0,0,1e+21,1e-7,0.1]');
  });

  it('refuses numbers that JSON cannot carry', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => canonicalJson({ value })).toThrow(MusterError);
    }
  });

  it('gives the same bytes whatever the order of the keys', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => canonicalJson(reversedKeys(value)) === canonicalJson(value)));
  });

  it('is JSON that reads back to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('digests', () => {
  it('are the SHA-256 of the bytes', () => {
    // Known answer of FIPS 180-4 for the empty message.
    expect(digestOfBytes('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(digestOfBytes('é')).toBe(digestOfBytes(new Uint8Array([0xc3, 0xa9])));
  });

  it('differ for values that differ', () => {
    expect(digestOf({ a: 1 })).toBe(digestOf({ a: 1, b: undefined }));
    expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }));
  });
});

describe('ordering', () => {
  it('is by code unit and leaves its input alone', () => {
    const names = ['ä', 'b', 'Z', 'a'];
    expect(sortedBy(names, (name) => name)).toEqual(['Z', 'a', 'b', 'ä']);
    expect(names).toEqual(['ä', 'b', 'Z', 'a']);
    expect([compareCodeUnits('a', 'b'), compareCodeUnits('b', 'a'), compareCodeUnits('a', 'a')]).toEqual([-1, 1, 0]);
  });
});
