/** A verified chain of records, as text. What its seals show is with attestations. */

import { describe, expect, it } from 'vitest';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import type { ChainFinding } from '../../src/evidence/chain-report.ts';
import type { RecordsVerified } from '../../src/evidence/records-report.ts';
import { renderRecords } from '../../src/report/records-text.ts';
import { colourPaint, PLAIN_PAINT } from '../../src/report/style.ts';
import { NOW } from '../support/builders.ts';

const SEALS = { sealed: [], unsealed: null, anchored: false, problems: [] };
const CHAIN = { records: 10, first: 1, last: 10, findings: [], erased: 0 };
const WHOLE: RecordsVerified = { formatVersion: '1', at: NOW, whole: true, endKept: true, chain: CHAIN, seals: SEALS };
const aFinding = (seq: number, fields: Partial<ChainFinding> = {}): ChainFinding => ({
  kind: 'changed',
  seq,
  since: addSeconds(NOW, -60),
  message: `record ${seq} was changed: its body is another`,
  ...fields,
});
const broken = (...findings: readonly ChainFinding[]): RecordsVerified => ({
  ...WHOLE,
  whole: false,
  chain: { ...CHAIN, findings },
});

const render = (report: RecordsVerified, width = 100) => renderRecords(report, 'muster.db', PLAIN_PAINT, width);

describe('a chain as text', () => {
  it('that is whole says so, how far it goes and when that was seen', () => {
    expect(render(WHOLE)).toBe(
      'WHOLE  muster.db: 10 records, 1 to 10\nverified at 2026-11-23 10:00:00 UTC\n\nsealed    nothing\n',
    );
  });

  it('that is empty is not called whole', () => {
    const text = render({ ...WHOLE, endKept: false, chain: { ...CHAIN, records: 0, first: null, last: null } });
    expect(text).toBe('EMPTY  muster.db: no record\nverified at 2026-11-23 10:00:00 UTC\n\nsealed    nothing\n');
  });

  it('without an account of its end says so, and up to which record it is', () => {
    expect(render({ ...WHOLE, endKept: false })).toContain(
      '\nend       record 10; nothing but the records says where they end, so more may have followed and been\n          cut off\n',
    );
  });

  it('says how many were erased in their time', () => {
    expect(render({ ...WHOLE, chain: { ...CHAIN, erased: 3 } })).toContain(
      '10 records, 1 to 10, 3 of them erased when their time was over\n',
    );
  });

  it('that is broken names the record, what is wrong, and up to when all is sure', () => {
    expect(render(broken(aFinding(4)), 200)).toContain(
      'BROKEN  muster.db: 10 records, 1 to 10\nverified at 2026-11-23 10:00:00 UTC\n\n  chain  record 4: record 4 was changed: its body is another; all before it, up to 2026-11-23 09:59:00 UTC, is whole [changed]\n',
    );
  });

  it('that is broken from its first record on says that nothing before it is sure', () => {
    expect(render(broken(aFinding(1, { since: null })), 200)).toContain('; nothing before it is sure [changed]');
  });

  it('that is empty and should not be is broken', () => {
    const cut = aFinding(1, { kind: 'cut_short', since: null });
    const chain = { ...CHAIN, records: 0, first: null, last: null, findings: [cut] };
    expect(render({ ...WHOLE, whole: false, chain })).toMatch(/^BROKEN {2}muster\.db: no record\n/);
  });

  it('that is broken all through is told where it begins', () => {
    const all = Array.from({ length: 40 }, (_, index) => aFinding(index + 1));
    const lines = render(broken(...all), 200).split('\n');
    expect(lines.filter((line) => line.startsWith('  chain  '))).toHaveLength(12);
    expect(lines).toContain('  and 28 more');
  });

  it('whose seals are all wrong is told where that begins', () => {
    const problems = Array.from({ length: 40 }, (_, index) => ({
      code: 'seal_by_unknown_key' as const,
      seq: index + 1,
      at: NOW,
      message: 'key k is none that this chain introduced',
    }));
    const lines = render({ ...WHOLE, whole: false, seals: { ...SEALS, problems } }).split('\n');
    expect(lines.filter((line) => line.startsWith('problem   '))).toHaveLength(12);
    expect(lines).toContain('  and 28 more');
  });

  it('shows an instant that somebody wrote into a record as what it is, without control characters', () => {
    const strange = 'soon\u001b[31m' as Instant;
    const unsealed = { from: 9, since: strange, records: 1 };
    const text = render({ ...broken(aFinding(9, { since: strange })), seals: { ...SEALS, unsealed } }, 200);
    expect(text).toContain('all before it, up to "soon\\u001b[31m", is whole');
    expect(text).toContain('1 record from 9 on, since "soon\\u001b[31m"');
    expect(text).not.toContain('\u001b');
  });

  it('keeps to the width that it is given, colours apart', () => {
    const report = { ...broken(aFinding(4), aFinding(7)), endKept: false };
    const lines = renderRecords(report, 'muster.db', PLAIN_PAINT, 60).split('\n');
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    const coloured = renderRecords(report, 'muster.db', colourPaint(), 60);
    expect(coloured).toContain('\u001b[');
    const plain = coloured.split('\u001b').map((part, index) => (index === 0 ? part : part.replace(/^\[\d+m/, '')));
    expect(plain.join('')).toBe(lines.join('\n'));
  });
});
