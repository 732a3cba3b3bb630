/**
 * `muster verify` on a store that real commands filled and somebody laid hands on, and on what was taken out of it: what
 * is told, which record is named, and the exit code.
 *
 * The store holds, by number: 1 decision, 2 key A, 3 seal, 4 decision, 5 seal, 6 seal of the rotation, 7 key B, 8 seal by
 * B, 9 decision, 10 seal.
 */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printInstant } from '../../src/core/time.ts';
import type { ChainRecord } from '../../src/evidence/chain.ts';
import type { ChainFault } from '../../src/evidence/chain-report.ts';
import type { RecordsVerified } from '../../src/evidence/records-report.ts';
import type { SealProblemCode } from '../../src/evidence/seals.ts';
import { aDatabase, anInventory, NOW, thePitr } from '../support/builders.ts';
import { createSandbox, type Sandbox } from '../support/cli.ts';
import { aSigner } from '../support/signing.ts';
import { copyStore, rewrite, stateFolder, storedRecords, tamperWith } from '../support/stored.ts';

const orders = aDatabase();
const inventory = anInventory({ databases: [orders], recoveryPoints: [thePitr(orders)] });
const DELETE = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders', '--skip-final-snapshot'];

let sandbox: Sandbox;
let stranger: Sandbox;
let kept: readonly ChainRecord[];
let kids: readonly string[];
let ownKeys: string;
let foreignKeys: string;
let copies = 0;

beforeAll(async () => {
  sandbox = createSandbox({ AWS_EC2_METADATA_DISABLED: 'true' });
  stranger = createSandbox();
  const seen = ['--inventory', sandbox.file('inventory.json', JSON.stringify(inventory)), '--at', NOW];
  const gate = async () => expect((await sandbox.run(['gate', 'command', ...seen, '--', ...DELETE])).exit).toBe(1);
  await gate();
  await gate();
  const { stdout } = await sandbox.run(['keys', 'rotate', '--json']);
  const { retired, current } = JSON.parse(stdout) as Record<'retired' | 'current', { kid: string }>;
  kids = [retired.kid, current.kid];
  await gate();
  kept = storedRecords(stateFolder(sandbox));
  ownKeys = sandbox.file('own.json', (await sandbox.run(['keys'])).stdout);
  foreignKeys = sandbox.file('foreign.json', (await stranger.run(['keys'])).stdout);
});

afterAll(() => {
  sandbox.close();
  stranger.close();
});

/** A copy of the store, which may be laid hands on. */
function aCopy(): string {
  copies += 1;
  return copyStore(stateFolder(sandbox), join(sandbox.home, `copy-${copies}`));
}

/** What is said of a store, as text and as data; both end alike. */
async function verified(folder: string, ...argv: readonly string[]) {
  return said(['verify', ...argv], folder);
}

async function said(argv: readonly string[], folder = stateFolder(sandbox)) {
  const env = { MUSTER_HOME: folder };
  const [text, data] = [await sandbox.run(argv, { env }), await sandbox.run([...argv, '--json'], { env })];
  expect(data.exit).toBe(text.exit);
  expect(text.stderr + data.stderr).toBe('');
  const report = JSON.parse(data.stdout) as RecordsVerified & { readonly endKept: boolean };
  const findings = report.chain.findings.map(({ kind, seq, since }) => ({ kind, seq, since }));
  const problems = report.seals.problems.map(({ code, seq }) => `${seq} ${code}`);
  // A report is laid out for a width; what it says is not.
  return { exit: text.exit, text: text.stdout.replace(/\s+/g, ' '), report, findings, problems };
}

function atOf(seq: number) {
  return kept[seq - 1]?.at ?? expect.unreachable();
}

/** The one finding, on that record, with the record before it the last that is sure. */
const finding = (kind: ChainFault, seq: number) => [{ kind, seq, since: seq === 1 ? null : atOf(seq - 1) }];
const problem = (seq: number, code: SealProblemCode) => `${seq} ${code}`;

describe('a store that nobody touched', () => {
  it('holds what the commands did, in order', () => {
    expect(kept.map(({ kind }) => kind).join(' ')).toBe('decision key seal decision seal seal key seal decision seal');
  });

  it('is whole, exit 0, and tells which records each key sealed and since when', async () => {
    const { exit, text, report, findings } = await verified(stateFolder(sandbox));
    expect({ exit, findings, whole: report.whole, endKept: report.endKept }).toEqual({
      exit: 0,
      findings: [],
      whole: true,
      endKept: true,
    });
    expect(text).toMatch(/^WHOLE \S+muster\.db: 10 records, 1 to 10 /);
    expect(text).toContain(`sealed records 1 to 5 by key ${kids[0]}, since ${printInstant(atOf(3))}`);
    expect(text).toContain(`sealed records 6 to 9 by key ${kids[1]}, since ${printInstant(atOf(8))}`);
    expect(text).not.toContain('unsealed');
    expect(text).not.toContain('nothing but the records');
  });

  it('takes its first key at its word, unless that key is among those trusted', async () => {
    expect((await verified(stateFolder(sandbox))).text).toContain('trust the first key is taken at its word');
    const { exit, text, report } = await verified(stateFolder(sandbox), '--keys', ownKeys);
    expect({ exit, anchored: report.seals.anchored }).toEqual({ exit: 0, anchored: true });
    expect(text).not.toContain('taken at its word');
  });

  it('is broken to whoever trusts other keys, from the first key on', async () => {
    const { exit, text, findings, problems } = await verified(stateFolder(sandbox), '--keys', foreignKeys);
    expect({ exit, findings }).toEqual({ exit: 1, findings: [] });
    expect(problems[0]).toBe(problem(2, 'key_untrusted'));
    expect(text).toMatch(/^BROKEN /);
    expect(text).toContain(`record 2: the first key ${kids[0]} is not among those trusted (key_untrusted)`);
    expect(text).toContain('sealed nothing');
  });

  it('has no change to be held against', async () => {
    const { exit, stdout, stderr } = await sandbox.run(['verify', '--digest', 'a'.repeat(64)]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stdout + stderr).toContain('--digest is for attestations');
  });
});

describe('an empty store', () => {
  it('verifies nothing: EMPTY, exit 2, and is not made by looking at it', async () => {
    const empty = createSandbox();
    try {
      const { exit, stdout, stderr } = await empty.run(['verify']);
      expect({ exit, stderr }).toEqual({ exit: 2, stderr: '' });
      expect(stdout).toMatch(/^EMPTY {2}\S+muster\.db: no record\n[\s\S]*\nsealed {4}nothing\n$/);
      const data = await empty.run(['verify', '--json']);
      expect(data.exit).toBe(2);
      expect(JSON.parse(data.stdout)).toMatchObject({ whole: true, chain: { records: 0, first: null, last: null } });
      expect(empty.leftFiles()).toEqual([]);
    } finally {
      empty.close();
    }
  });
});

describe('a store whose file was changed', () => {
  it.each<[string, string[], ChainFault, number]>([
    [
      'a byte flipped in a body',
      ["update record set body = replace(body, 'block', 'clock') where seq = 4"],
      'changed',
      4,
    ],
    ['the first record changed', ["update record set body = body || ' ' where seq = 1"], 'changed', 1],
    ['another instant', ["update record set at = '2026-01-01T00:00:00.000Z' where seq = 4"], 'changed', 4],
    ['an instant that is none', ["update record set at = 'soon' where seq = 9"], 'changed', 9],
    ['a record removed', ['delete from record where seq = 4'], 'missing', 4],
    ['the first removed', ['delete from record where seq = 1'], 'missing', 1],
    [
      'two swapped',
      [4, 5]
        .map((seq) => `update record set seq = ${-seq} where seq = ${seq}`)
        .concat('update record set seq = 9 + seq where seq < 0'),
      'out_of_order',
      4,
    ],
    ['its end cut off', ['delete from record where seq > 8'], 'cut_short', 9],
    ['all of it cut off', ['delete from record'], 'cut_short', 1],
    ['a head that went on', ['update head set seq = 12'], 'cut_short', 11],
    [
      'a head that was set back',
      [`update head set seq = 8, at = (select at from record where seq = 8)`],
      'beyond_head',
      9,
    ],
    ['a head of another digest', ["update head set digest = replace(digest, 'a', 'b')"], 'changed', 10],
    ['a head of another instant', ["update head set at = ''"], 'changed', 10],
    ['a body erased without a word', ['update record set body = null where seq = 4'], 'erased_unsaid', 4],
  ])('%s is broken, exit 1, and tells the record and since when', async (_, statements, kind, seq) => {
    const folder = aCopy();
    tamperWith(folder, ...statements);
    const { exit, text, report, findings } = await verified(folder);
    expect({ exit, whole: report.whole }).toEqual({ exit: 1, whole: false });
    expect(text).toMatch(/^BROKEN /);
    expect(text).toContain(`chain record ${seq}: `);
    expect(text).toContain(`[${kind}]`);
    expect(findings).toEqual(finding(kind, seq));
    if (seq > 1) expect(text).toContain(`all before it, up to ${printInstant(atOf(seq - 1))}, is whole`);
  });

  it('whose end was cut off with its head set back is whole, up to there; what was kept elsewhere knows better', async () => {
    const folder = aCopy();
    const { digest, at } = kept[7] ?? expect.unreachable();
    tamperWith(
      folder,
      'delete from record where seq > 8',
      `update head set seq = 8, digest = '${digest}', at = '${at}'`,
    );
    const { exit, text } = await verified(folder);
    expect(exit).toBe(0);
    expect(text).toContain('8 records, 1 to 8');
    expect(text).toContain('sealed records 6 to 7');
  });

  it('whose last seal was cut off with its head set back shows a record that nobody sealed', async () => {
    const folder = aCopy();
    const { digest, at } = kept[8] ?? expect.unreachable();
    tamperWith(
      folder,
      'delete from record where seq > 9',
      `update head set seq = 9, digest = '${digest}', at = '${at}'`,
    );
    const { exit, text } = await verified(folder);
    expect(exit).toBe(0);
    expect(text).toContain(`unsealed 1 record from 9 on, since ${printInstant(atOf(9))}`);
  });

  it('that does not say where it ends is an error, exit 10', async () => {
    const folder = aCopy();
    tamperWith(folder, 'delete from head');
    const { exit, stdout, stderr } = await sandbox.run(['verify'], { env: { MUSTER_HOME: folder } });
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain('does not say where its chain ends');
  });
});

describe('a store that was rewritten with every link after it', () => {
  it('is found out by the seals: the record that was sealed is another', async () => {
    const folder = aCopy();
    rewrite(folder, numbered(4), (body) => ({ ...body, decision: 'allow' }));
    const { exit, text, findings, problems } = await verified(folder);
    expect({ exit, findings }).toEqual({ exit: 1, findings: [] });
    expect(problems).toEqual([5, 6, 8, 10].map((seq) => problem(seq, 'seal_over_another_record')));
    expect(text).toContain('problem record 5: record 4 is not the one that was sealed (seal_over_another_record)');
    expect(text).toContain(`sealed records 1 to 2 by key ${kids[0]}`);
    expect(text).toContain('unsealed 3 records from 4 on');
  });

  it('with another signature on a seal names that seal first', async () => {
    const folder = aCopy();
    rewrite(folder, numbered(5), (body) => ({ ...body, sig: flippedSignature(String(body['sig'])) }));
    const { exit, text, findings, problems } = await verified(folder);
    expect({ exit, findings }).toEqual({ exit: 1, findings: [] });
    expect(problems[0]).toBe(problem(5, 'seal_signature_invalid'));
    expect(text).toContain(`record 5: its signature is not one of key ${kids[0]} (seal_signature_invalid)`);
  });

  it('with another signature on its last seal is broken by that seal alone, and shows what is not sealed', async () => {
    const folder = aCopy();
    rewrite(folder, numbered(10), (body) => ({ ...body, sig: flippedSignature(String(body['sig'])) }));
    const { exit, text, problems } = await verified(folder);
    expect({ exit, problems }).toEqual({ exit: 1, problems: [problem(10, 'seal_signature_invalid')] });
    expect(text).toContain('unsealed 1 record from 9 on');
  });

  it('with a key that nobody introduced does not go on to it', async () => {
    const folder = aCopy();
    const forger = aSigner('forger');
    rewrite(folder, numbered(7), (body) => ({ ...body, key: forger.key }));
    const { exit, text, problems } = await verified(folder);
    expect(exit).toBe(1);
    expect(problems).toEqual([
      problem(7, 'key_not_introduced'),
      problem(8, 'seal_by_unknown_key'),
      problem(10, 'seal_by_unknown_key'),
    ]);
    expect(text).toContain(`record 7: key ${forger.key.kid} is not introduced by key ${kids[0]} before it`);
  });

  it('with a first key of a forger is not whole to whoever has the right keys', async () => {
    const folder = aCopy();
    rewrite(folder, numbered(2), (body) => ({ ...body, key: aSigner('forger').key }));
    const { exit, problems } = await verified(folder, '--keys', ownKeys);
    expect(exit).toBe(1);
    expect(problems[0]).toBe(problem(2, 'key_untrusted'));
  });
});

const numbered =
  (seq: number) =>
  (record: ChainRecord): boolean =>
    record.seq === seq;

function flippedSignature(sig: string): string {
  return (sig.startsWith('A') ? 'B' : 'A') + sig.slice(1);
}

describe('an export', () => {
  let lines: readonly string[];

  beforeAll(async () => {
    const { exit, stdout } = await sandbox.run(['export']);
    expect(exit).toBe(0);
    lines = stdout.trimEnd().split('\n');
  });

  const exported = (name: string, of: readonly string[]) => sandbox.file(name, of.map((line) => `${line}\n`).join(''));
  const line = (seq: number) => lines[seq - 1] ?? expect.unreachable();

  it('is whole up to its last record, and says that nothing but its records tells where it ends', async () => {
    const { exit, text, report } = await said(['verify', exported('whole.jsonl', lines)]);
    expect({ exit, endKept: report.endKept }).toEqual({ exit: 0, endKept: false });
    expect(text).toMatch(/^WHOLE \S+whole\.jsonl: 10 records, 1 to 10 /);
    expect(text).toContain('end record 10; nothing but the records says where they end');
    expect(text).toContain(`sealed records 6 to 9 by key ${kids[1]}`);
  });

  it('that was cut off at its end is whole up to there, and what its seals cover ends there too', async () => {
    const { exit, text, report } = await said(['verify', exported('cut.jsonl', lines.slice(0, 4))]);
    expect({ exit, last: report.chain.last }).toEqual({ exit: 0, last: 4 });
    expect(text).toContain('end record 4; nothing but the records says where they end');
    expect(text).toContain('sealed records 1 to 2 by key');
    expect(text).toContain(`unsealed 1 record from 4 on, since ${printInstant(atOf(4))}`);
  });

  it.each<[string, (all: readonly string[]) => readonly string[], ChainFault, number]>([
    ['a byte flipped', (all) => all.with(3, line(4).replace('\\"block\\"', '\\"clock\\"')), 'changed', 4],
    [
      'a byte of its last record flipped',
      (all) => all.with(9, line(10).replace('"kind":"seal"', '"kind":"key"')),
      'changed',
      10,
    ],
    ['another number', (all) => all.with(9, line(10).replace('"seq":10', '"seq":12')), 'changed', 10],
    ['a line removed', (all) => all.toSpliced(3, 1), 'missing', 4],
    ['its first line removed', (all) => all.slice(1), 'missing', 1],
    ['two lines swapped', (all) => all.with(3, line(5)).with(4, line(4)), 'out_of_order', 4],
    ['its last two lines swapped', (all) => all.with(8, line(10)).with(9, line(9)), 'out_of_order', 9],
    ['a line twice', (all) => all.toSpliced(4, 0, line(4)), 'doubled', 4],
  ])('with %s is broken, exit 1, and tells the record and since when', async (_, change, kind, seq) => {
    const { exit, text, findings } = await said(['verify', exported('changed.jsonl', change(lines))]);
    expect({ exit, findings }).toEqual({ exit: 1, findings: finding(kind, seq) });
    expect(text).toMatch(/^BROKEN /);
    const sure =
      seq === 1 ? 'nothing before it is sure' : `all before it, up to ${printInstant(atOf(seq - 1))}, is whole`;
    expect(text).toContain(`${sure} [${kind}]`);
  });

  it.each<[string, string, string]>([
    ['that ends within a line', '{"at":"2026-', ':11: '],
    ['with a line that is none', 'records', ':11: '],
  ])('%s is an error, exit 10, that names the line', async (_, more, place) => {
    const path = exported('bad.jsonl', [...lines, more]);
    const { exit, stdout, stderr } = await sandbox.run(['verify', path]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain(`bad.jsonl${place}`);
    expect(stderr).toContain('(MUSTER_EXPORT_INVALID)');
  });

  it('is held against the keys that are trusted', async () => {
    const path = exported('whole.jsonl', lines);
    expect((await said(['verify', path, '--keys', ownKeys])).exit).toBe(0);
    expect((await said(['verify', path, '--keys', foreignKeys])).exit).toBe(1);
  });

  it.each([
    ['is missing', 'nowhere.jsonl', 'MUSTER_FILE_UNREADABLE'],
    ['is empty', 'empty.jsonl', 'MUSTER_ATTESTATION_INVALID'],
  ])('that %s is an error, exit 10', async (_, name, code) => {
    exported('empty.jsonl', []);
    const { exit, stdout, stderr } = await sandbox.run(['verify', name]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain(`(${code})`);
  });
});
