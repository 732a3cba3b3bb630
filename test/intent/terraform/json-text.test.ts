/**
 * Texts that are not one JSON object, and JSON made to mislead: refused, and named for what they look like.
 */

import { describe, expect, it } from 'vitest';
import { readTerraformPlan } from '../../../src/intent/terraform/read-plan.ts';
import { anEntry, aPlan } from '../../support/terraform-plan.ts';
import { read, readRecorded, recorded, refusalOf } from './support.ts';

describe('a text that is not a JSON object', () => {
  it.each([
    ['an empty text', '', 'empty'],
    ['a text of blanks', ' \n', 'empty'],
    ['prose', 'Terraform will perform the following actions:', 'not JSON'],
    ['the zip of a saved plan', 'PK\u0003\u0004\u0014\u0000', 'terraform show -json'],
    ['UTF-16 text', '{\0"\0a\0"\0', 'UTF-16'],
    ['binary data', '\u007fELF\u0002\u0001\u0001\0\0\0\0', 'binary, not JSON'],
    ['an array', '[1]', 'not an object'],
    ['a number', '7', 'not an object'],
    ['null', 'null', 'not an object'],
  ])('%s is refused as no JSON object', (_, text, says) => {
    const refusal = refusalOf(text);
    expect(refusal.code).toBe('MUSTER_PLAN_NOT_JSON');
    expect(refusal.message).toMatch(/^plan\.json: /);
    expect(refusal.message).toContain(says);
    expect(refusal.message).toContain('show -json');
  });

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
  ])('the line stream of plan -json is named as such: %s', (text) => {
    expect(refusalOf(text)).toMatchObject({
      code: 'MUSTER_PLAN_NOT_JSON',
      message: expect.stringContaining('plan -json'),
    });
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

  it.each([
    ['arrays', '['.repeat(200_000), ']'.repeat(200_000)],
    ['objects', '{"a":'.repeat(200_000), '}'.repeat(200_000)],
  ])('%s nested 200,000 deep are refused without a crash', (_, opening, closing) => {
    const text = `{"format_version":"1.2","planned_values":{},"x":${opening}1${closing}}`;
    expect(refusalOf(text)).toMatchObject({ code: 'MUSTER_PLAN_SHAPE', message: expect.stringContaining('levels') });
  });
});
