/**
 * Where an archive is, and what its objects are called.
 */

import { describe, expect, it } from 'vitest';
import { keyBefore, nameOf, parseLocation, parseName, printLocation } from '../../../src/adapters/archive/location.ts';
import { aLongChain } from '../../support/chain-builder.ts';

const [FIRST, SECOND] = aLongChain(2);
if (FIRST === undefined || SECOND === undefined) throw new Error('two records');

describe('a location', () => {
  it.each([
    ['s3://records', { bucket: 'records', prefix: '' }],
    ['s3://records/', { bucket: 'records', prefix: '' }],
    ['s3://records/a/b/', { bucket: 'records', prefix: 'a/b' }],
  ])('%s is read', (url, location) => {
    expect(parseLocation(url, '--to')).toEqual(location);
    expect(printLocation(location)).toBe(url.replace(/\/$/, ''));
  });

  it.each(['s3://', 's3://Records/a', 's3://records//a', 's3://records/a b', 's3://records/%2e', 'records/a', '/a'])(
    '%s is refused',
    (url) => {
      expect(() => parseLocation(url, '--to')).toThrow(/^--to: .* is no s3:\/\/BUCKET\/PREFIX$/);
    },
  );

  it('of another kind is not repeated: it may hold a password', () => {
    expect(() => parseLocation('https://me:secret@host/a', '--to')).toThrow('--to: what is given is no s3://');
  });
});

describe('the name of a batch', () => {
  it('holds its first and last number and the beginning of its last digest, in the order of the chain', () => {
    const location = parseLocation('s3://records/a', 'x');
    const name = nameOf(location, FIRST, SECOND);
    expect(name.key).toBe(`a/records/000000000001-000000000002-${SECOND.digest.slice(7, 23)}.jsonl`);
    expect(parseName(location, name.key)).toEqual(name);
    expect(keyBefore(location, 1) < name.key && name.key < keyBefore(location, 2)).toBe(true);
  });

  it.each([
    'a/records/x.jsonl',
    'a/records/000000000002-000000000001-0123456789abcdef.jsonl',
    'a/records/1-2-ab.jsonl',
  ])('is not %s', (key) => {
    expect(parseName(parseLocation('s3://records/a', 'x'), key)).toBeNull();
  });
});
