/**
 * Records as lines: what is written is read back, and nothing else is.
 */

import { describe, expect, it } from 'vitest';
import { linkDigest } from '../../src/evidence/chain.ts';
import { BEGINNING, exportLine, faultAfter, faultOf, parseExportLine } from '../../src/evidence/export-lines.ts';
import { aChain } from '../support/chain-builder.ts';

const [FIRST, SECOND] = aChain(
  { kind: 'drill', key: 'd1', body: { word: 'line\nbreak \u0085 \u2028 \u2029 \ufffd "quoted"' } },
  { kind: 'seal', body: { upTo: 1 } },
);
if (FIRST === undefined || SECOND === undefined) throw new Error('two records');
const read = (text: string) => () => parseExportLine(text, 'records.jsonl:7');
const changed = (fields: object) => JSON.stringify({ ...JSON.parse(exportLine(FIRST)), ...fields });

describe('a record as a line', () => {
  it('is one line with the version of its form', () => {
    const text = exportLine(FIRST);
    expect(text.endsWith('}\n')).toBe(true);
    // Whatever a reader takes for the end of a line.
    expect(text.trimEnd().split(/[\r\n\u0085\u2028\u2029]/)).toHaveLength(1);
    expect(JSON.parse(text)).toEqual({ formatVersion: '1', ...FIRST });
  });

  it('is read back as it was', () => {
    expect(parseExportLine(exportLine(FIRST), 'x')).toEqual(FIRST);
  });

  it('is read back without the body that was erased', () => {
    const erased = { ...FIRST, body: null };
    expect(parseExportLine(exportLine(erased), 'x')).toEqual(erased);
  });
});

describe('a line that is refused names its place and what is wrong', () => {
  it.each([
    ['no JSON', 'seq: 1', /^records\.jsonl:7: it is not JSON/],
    ['an empty one', '', /^records\.jsonl:7: it is not JSON/],
    ['another format', changed({ formatVersion: '2' }), /^records\.jsonl:7: formatVersion: lines of format 1 are read/],
    ['a kind nobody knows', changed({ kind: 'rumour' }), /^records\.jsonl:7: kind: /],
    ['a number below one', changed({ seq: 0 }), /^records\.jsonl:7: seq: /],
    ['an instant in another form', changed({ at: '2026-11-23' }), /^records\.jsonl:7: at: not an instant/],
    ['something besides', changed({ more: 1 }), /^records\.jsonl:7: .*more/],
    ['a changed link', changed({ key: 'd2' }), /^records\.jsonl:7: record 1 does not have the digest that it states/],
    ['a changed body', changed({ body: '{}' }), /^records\.jsonl:7: the body of record 1 does not have the digest/],
  ])('%s', (_, text, message) => {
    expect(read(text)).toThrow(message);
    expect(read(text)).toThrow(expect.objectContaining({ code: 'MUSTER_EXPORT_INVALID' }));
  });
});

describe('a record after another', () => {
  it('follows it by number and digest', () => {
    expect(faultAfter(BEGINNING, FIRST)).toBeNull();
    expect(faultAfter(FIRST, SECOND)).toBeNull();
  });

  it('is told when it comes too late, too early or twice', () => {
    expect(faultAfter(BEGINNING, SECOND)).toBe('record 2 comes where record 1 belongs');
    expect(faultAfter(SECOND, SECOND)).toBe('record 2 comes where record 3 belongs');
  });

  it('is told when it is another chain that it follows', () => {
    const [other] = aChain({ kind: 'key', body: { other: true } });
    if (other === undefined) throw new Error('one record');
    expect(faultAfter(other, SECOND)).toContain(`not record 1 (${other.digest})`);
    const stray = { ...FIRST, previous: other.digest };
    expect(faultAfter(BEGINNING, stray)).toContain('not the beginning of a chain');
  });

  it('may be whole while a changed one is not', () => {
    const forged = { ...SECOND, kind: 'key' as const };
    expect(faultOf(SECOND)).toBeNull();
    expect(faultOf(forged)).not.toBeNull();
    expect(faultOf({ ...forged, digest: linkDigest(forged) })).toBeNull();
  });
});
