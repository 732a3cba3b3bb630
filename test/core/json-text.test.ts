import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_DEPTH_MAX, printJsonFault, readJson } from '../../src/core/json-text.ts';

/** Values whose objects hold keys that are easy to confuse: quotes, backslashes, names of members of every object. */
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'constructor', 'prototype', 'toString', '"', '\\', '\\"', '\\\\', '\u2028', '😀', ''),
  fc.string(),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ unit: 'binary' }),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.constantFrom(null, true, false, '"', '{', '[', ',', '\\', '{"a":1,"a":2}'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 20, noNullPrototype: true }),
  ),
}));

describe('reading JSON', () => {
  it('reads whatever JSON.parse reads when no key stands twice', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2, '\t'), (made, space) => {
        const text = JSON.stringify(made, null, space);
        const reading = readJson(text);
        if (reading.fault !== null) return reading.fault.what === 'forbidden_key' && /"prototype"|__proto__/.test(text);
        expect(reading.value).toEqual(JSON.parse(text));
        return true;
      }),
      { numRuns: 500 },
    );
  });

  it('accepts nothing that JSON.parse refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '1',
      'null',
      ' ',
      '\n',
      '\u0000',
      '-',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        if (readJson(text).fault !== null) return;
        expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 3_000 },
    );
  });

  it('refuses every text in which a key of an object was doubled', () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { minKeys: 1, maxKeys: 20, noNullPrototype: true }),
        fc.nat(),
        (made, pick) => {
          const keys = Object.keys(made);
          const doubled = keys[pick % keys.length] ?? '';
          const text = `[{${keys.concat(doubled).map((name) => `${JSON.stringify(name)}:1`)}}]`;
          expect(['duplicate_key', ...(keys.includes('__proto__') ? ['forbidden_key'] : [])]).toContain(
            readJson(text).fault?.what,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('knows a key by what it means, not by how it is spelt', () => {
    expect(readJson(String.raw`{"a":1,"\u0061":2}`).fault).toMatchObject({ what: 'duplicate_key', path: '$.a' });
    expect(readJson(String.raw`{"__pr\u006fto__":{}}`).fault).toMatchObject({ what: 'forbidden_key' });
    expect(readJson(String.raw`{"\"":1,"\u0022":2}`).fault).toMatchObject({ what: 'duplicate_key' });
  });

  it('lets equal keys of different objects pass, and equal strings that are no keys', () => {
    expect(readJson('{"a":{"a":["a","a"]},"b":[{"a":1},{"a":1}]}')).toMatchObject({ fault: null });
  });

  it('finds a key that stands twice among thousands', () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => `"k${index}":${index}`);
    expect(readJson(`{${keys}}`).fault).toBeNull();
    expect(readJson(`{${keys},"k77":0}`).fault).toMatchObject({ what: 'duplicate_key', path: '$.k77' });
  });

  it('names the place by its path and its offset', () => {
    const fault = readJson('{"list":[1,{"x":{}},{"deep":{"k":1,"k":2}}]}').fault;
    expect(fault).toEqual({ what: 'duplicate_key', path: '$.list[2].deep.k', offset: 35 });
    expect(fault && printJsonFault(fault)).toBe(
      'has the key $.list[2].deep.k at character 35 twice; each key may stand once',
    );
  });

  it('refuses keys that change an object when they are copied', () => {
    expect(readJson('{"a":{"__proto__":{}}}').fault).toMatchObject({ what: 'forbidden_key', path: '$.a.__proto__' });
    expect(readJson('{"constructor":{"prototype":{}}}').fault).toMatchObject({ what: 'forbidden_key' });
    expect(readJson('{"constructor":"a firm","prototype":1}').fault).toBeNull();
    expect(readJson('["__proto__",{"x":"__proto__"}]').fault).toBeNull();
  });

  it('takes so many levels and not one more', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(readJson(nested(JSON_DEPTH_MAX)).fault).toBeNull();
    expect(readJson(nested(JSON_DEPTH_MAX + 1)).fault).toMatchObject({ what: 'too_deep', offset: JSON_DEPTH_MAX });
    expect(readJson('{"a":'.repeat(100_000)).fault).toMatchObject({ what: 'too_deep' });
  });

  it('counts levels that are open, not all there ever were', () => {
    expect(readJson(`[${Array.from({ length: 500 }, () => '{"a":[{}]}')}]`).fault).toBeNull();
  });

  it.each([
    '',
    ' ',
    '{',
    '"',
    '"\\"',
    '{"a"}',
    '[1,]',
    '{"a":1,}',
    "{'a':1}",
    '1 2',
    'NaN',
    '\ufeff{}',
    ']',
    '{"a":1]',
  ])('says of %j that it is not JSON, and quotes nothing of it', (text) => {
    const { fault } = readJson(text);
    expect(fault?.what).toBe('not_json');
    expect(fault && printJsonFault(fault)).toMatch(/^is not JSON( at character \d+)?$/);
  });

  it('shows of a long or unprintable key its beginning in plain letters', () => {
    const name = `${'k'.repeat(60)}`;
    expect(readJson(`{"${name}":1,"${name}":2}`).fault?.path).toBe(`$.${'k'.repeat(40)}...`);
    expect(readJson('{"é\u0085":1,"é\u0085":2}').fault?.path).toBe('$.??');
  });
});
