/**
 * Texts that are not one JSON object, and JSON made to mislead: refused, and named for what they look like.
 */

import { describe, expect, it } from 'vitest';
import { readTerraformPlan } from '../../../src/intent/terraform/read-plan.ts';
import { anEntry, aPlan } from '../../support/terraform-plan.ts';
import { read, readRecorded, recorded, refusalOf } from './support.ts';

const EXPECTED = 'expected the JSON that terraform show -json PLANFILE prints';
const STREAM = 'the line stream of terraform plan -json, which has no attribute values';

describe('a text that is not a JSON object', () => {
  it.each([
    ['an empty text', '', `empty; ${EXPECTED}`],
    ['a text of blanks', ' \n', `empty; ${EXPECTED}`],
    ['a byte order mark alone', '\uFEFF', `empty; ${EXPECTED}`],
    ['prose', 'Terraform will perform the following actions:', `not JSON; ${EXPECTED}`],
    ['prose with a brace that stays open', 'resource "a" "b" {', `not JSON; ${EXPECTED}`],
    ['JSON with a comma too many', '{"a":1,}', `not JSON; ${EXPECTED}`],
    ['JSON with something behind it', '{"a":[]} }', `not JSON; ${EXPECTED}`],
    ['JSON with an open text behind it', '{"a":[]} "b', `not JSON; ${EXPECTED}`],
    [
      'the zip of a saved plan',
      'PK\u0003\u0004\u0014\u0000',
      'a saved plan file (zip), not its JSON; run terraform show -json on it',
    ],
    ['UTF-16 text', '{\0"\0a\0"\0', `UTF-16 text, not UTF-8 JSON; ${EXPECTED} in UTF-8`],
    ['UTF-16 text, high bytes first', '\0{\0"\0a\0"', `UTF-16 text, not UTF-8 JSON; ${EXPECTED} in UTF-8`],
    ['UTF-16 text behind its mark', '\uFFFD\uFFFD{\0"\0a\0', `UTF-16 text, not UTF-8 JSON; ${EXPECTED} in UTF-8`],
    ['binary data', '\u007fELF\u0002\u0001\u0001\0\0\0\0', `binary, not JSON; ${EXPECTED}`],
    ['text with a NUL at the 64th character', `${'x'.repeat(63)}\0`, `binary, not JSON; ${EXPECTED}`],
    ['text with a NUL far inside', `${'x'.repeat(64)}\0`, `not JSON; ${EXPECTED}`],
    ['text that ends in a NUL', 'x\0', `binary, not JSON; ${EXPECTED}`],
    ['an array', '[1]', `JSON, but not an object; ${EXPECTED}`],
    ['a text in quotes', '"format_version:"', `JSON, but not an object; ${EXPECTED}`],
    ['a number', '7', `JSON, but not an object; ${EXPECTED}`],
    ['null', 'null', `JSON, but not an object; ${EXPECTED}`],
  ])('%s is refused as no JSON object', (_, text, says) => {
    const { code, message } = refusalOf(text);
    expect({ code, message }).toEqual({ code: 'MUSTER_PLAN_NOT_JSON', message: `plan.json: ${says}` });
  });

  it.each(['{"a":"b', '{"a":1', '\n [{"a":1}', '{"a":[1', '{"a":"}"', '{"a":{}', '{"a":"\\"}'])(
    'a text that is still open where it stops is said to end early: %j',
    (text) => {
      expect(refusalOf(text).message).toBe(
        `plan.json: JSON that ends early, after ${text.length} bytes; ${EXPECTED}, whole`,
      );
    },
  );

  it('a plan cut short is said to end early, with its length in bytes', () => {
    const text = recorded('datatalks-destroy').slice(0, 20_000);
    expect(refusalOf(text)).toMatchObject({
      code: 'MUSTER_PLAN_NOT_JSON',
      message: expect.stringMatching(/ends early, after 20000 bytes/),
    });
  });

  it('the length of a cut text counts bytes, not characters', () => {
    expect(refusalOf('{"a": "é').message).toContain('after 9 bytes');
  });

  it.each([
    '{"@level":"info","@message":"Terraform 1.11.4","type":"version"}',
    '{"@level":"info","@message":"x"}\n{"@level":"info"}',
    '\n{"@level":"info","@message":"x"}\r\n{"@level":"info"}',
  ])('the line stream of plan -json is named as such: %j', (text) => {
    const { code, message } = refusalOf(text);
    expect({ code, message }).toEqual({
      code: 'MUSTER_PLAN_NOT_JSON',
      message: `plan.json: ${STREAM}; ${EXPECTED}`,
    });
  });

  it.each([
    ['lines that are JSON of another kind', '{"level":"info"}\n{"level":"info"}'],
    ['lines with a level and no message', '{"@level":"info"}\n{"@level":"info"}'],
    ['lines with a message and no level', '{"@message":"x"}\n{"@message":"x"}'],
    ['lines of null', 'null\nnull'],
  ])('%s are no such stream', (_, text) => {
    expect(refusalOf(text).message).toBe(`plan.json: not JSON; ${EXPECTED}`);
  });

  it('the message of a refusal quotes nothing of the document and carries no cause', () => {
    const refusal = refusalOf('{"master_password": CANARY-1}');
    expect(refusal.message).not.toContain('CANARY');
    expect(refusal.cause).toBeUndefined();
  });
});

describe('JSON made to mislead', () => {
  it('a byte order mark does not hide a plan', () => {
    expect(readTerraformPlan(`\uFEFF${recorded('replace')}`, 'p').changes).toEqual(readRecorded('replace').changes);
  });

  it.each([
    '{"format_version":"1.2","planned_values":{},"planned_values":{}}',
    '{"format_version":"1.2","planned_values":{},"resource_changes":[{"a":1, "\\u0061" : 2}]}',
    '{"format_version":"1.2","planned_values":{},"variables":{"a":":80","a":":80"}}',
    '{"format_version":"1.2","planned_values":{},"variables":{"a":"\\u003a80","a":1}}',
    '{"format_version":"1.2","planned_values":{},"variables":{"a\\\\":1,"a\\\\"\n\t:2}}',
  ])('a key given twice in one object is refused: %s', (text) => {
    expect(refusalOf(text)).toMatchObject({
      code: 'MUSTER_PLAN_SHAPE',
      message: expect.stringContaining('occurs twice'),
    });
  });

  it.each([' ', '\n', '\r', '\t', ' \r\n\t '])(
    'a key given twice is seen with %j before one of the colons',
    (blank) => {
      for (const pair of [`"a":1,"a"${blank}:2`, `"a"${blank}:1,"a":2`]) {
        expect(refusalOf(`{"format_version":"1.2","planned_values":{${pair}}}`).message).toContain('occurs twice');
      }
    },
  );

  it.each([
    ['at the top', '{"a":1,"b":2,"a":3}', 13],
    ['the first of several', '{"b":{"a":1,"a":2},"c":1,"c":2}', 12],
    ['three times over', '{"a":1,"a":2,"a":3}', 7],
    ['behind an object that closed', '{"a":{"b":1},"c":[{"b":2}],"a":1}', 27],
    ['inside a list of lists', '{"a":[["b",{"b":1,"b":2}]]}', 18],
    ['under an escape', '{"a\\n":1,"\\u0061\\u000a":2}', 9],
    ['behind braces in a text', '{"a":"}{][","b":"\\"}","a":1}', 22],
    ['under an escape that only one has', '{"a":1,"\\u0061":2}', 7],
    ['behind a text that ends in a backslash', '{"a":"C:\\\\","b\\\\":1,"a":2}', 20],
    ['behind itself as a value', '{"a":"a","b":["a"],"a":1}', 19],
    ['with an empty name', '{"":1,"":2}', 6],
  ])('a key given twice is located %s', (_, text, at) => {
    expect(refusalOf(text).message).toBe(
      `plan.json: a key occurs twice in one object at character ${at}; expected it once`,
    );
  });

  it.each([
    ['escaped quotes', '\\":'.repeat(5)],
    ['colons', ' x:'.repeat(5)],
  ])('a key given twice is not made up for by as many %s in a text', (_, note) => {
    // Five keys when it is parsed, and one more when it is read.
    const text = `{"format_version":"1.2","planned_values":{},"variables":{"note":"${note}","a":1,"a":2}}`;
    expect(refusalOf(text).message).toContain('occurs twice');
  });

  it('texts and keys may end in a backslash', () => {
    const variables = { 'a\\': { value: 'C:\\' }, b: { value: ['\\\\', 'x'] } };
    expect(read(aPlan([], { variables })).changes).toEqual([]);
  });

  it('a key may recur in another object, and as a value', () => {
    expect(read(aPlan([], { variables: { a: { value: 'a' }, b: { a: '"a":', value: 'x\\"' } } })).changes).toEqual([]);
  });

  it('text that looks like keys inside a value is no key', () => {
    const value = '","a":"","a":"x';
    expect(read(aPlan([], { variables: { note: { value } } })).changes).toEqual([]);
  });

  it.each([':80', ' \t:80', '":80', '\\":', ':":'])(
    'a value that begins or ends like the end of a key is no key: %j',
    (value) => {
      const variables = { port: { value }, [value]: { value }, list: { value: [value, value] } };
      expect(read(aPlan([], { variables })).changes).toEqual([]);
      expect(refusalOf(JSON.stringify(aPlan([], { variables })).replace('"list":', '"port":')).message).toContain(
        'twice',
      );
    },
  );

  it('a __proto__ member gives a resource no attribute', () => {
    const proto = '{"__proto__":{"skip_final_snapshot":true},"identifier":"orders"}';
    const text = JSON.stringify(aPlan([anEntry({ before: 'BEFORE' })])).replace('"BEFORE"', proto);
    expect(readTerraformPlan(text, 'p').actions).toMatchObject([{ parameters: { skipFinalSnapshot: false } }]);
  });

  it('a __proto__ member gives a plan no entry', () => {
    const entry = JSON.stringify(anEntry());
    const text = `{"__proto__":{"resource_changes":[${entry}]},"format_version":"1.2","planned_values":{}}`;
    expect(readTerraformPlan(text, 'p').changes).toEqual([]);
  });

  it('a type called constructor is no modelled type', () => {
    expect(read(aPlan([anEntry({ address: 'constructor.x', before: {} })])).changes).toMatchObject([
      { class: 'other_destroy' },
    ]);
  });

  // The document itself is the first level.
  it.each([
    ['arrays', '['.repeat(499), ']'.repeat(499), 'null', '[]'],
    ['objects', '{"a":'.repeat(499), '}'.repeat(499), 'null', '{}'],
    ['both in turn', '[{"a":'.repeat(249), '}]'.repeat(249), '[]', '[{}]'],
  ])('500 levels of %s are read, and no more', (_, opening, closing, last, over) => {
    const nested = (inner: string) =>
      `{"format_version":"1.2","planned_values":{},"variables":${opening}${inner}${closing}}`;
    expect(readTerraformPlan(nested(last), 'p').changes).toEqual([]);
    const { code, message } = refusalOf(nested(over));
    expect({ code, message }).toEqual({
      code: 'MUSTER_PLAN_SHAPE',
      message: 'plan.json: nested deeper than 500 levels, which none of its kind is',
    });
  });

  it.each([
    ['arrays', '['.repeat(200_000), ']'.repeat(200_000)],
    ['objects', '{"a":'.repeat(200_000), '}'.repeat(200_000)],
  ])('%s nested 200,000 deep are refused without a crash', (_, opening, closing) => {
    const text = `{"format_version":"1.2","planned_values":{},"x":${opening}1${closing}}`;
    expect(refusalOf(text)).toMatchObject({ code: 'MUSTER_PLAN_SHAPE', message: expect.stringContaining('levels') });
  });
});
