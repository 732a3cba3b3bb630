/** What `muster report` shows a person: many databases on one screen, one of them whole. */

import { describe, expect, it } from 'vitest';
import { type ReadinessForm, type ReadinessReport, readinessForm } from '../../src/report/readiness.ts';
import { renderReadiness } from '../../src/report/readiness-text.ts';
import { foundWords } from '../../src/report/standing-text.ts';
import { colourPaint, PLAIN_PAINT } from '../../src/report/style.ts';
import { aCasualty, aDatabaseView, aReason, aSurvivor } from '../support/decision-builder.ts';
import {
  anEstate,
  aPieceOfEvidence,
  aReport,
  aRequirement,
  arnOf,
  aWaiver,
  aWholeDatabase,
  later,
} from '../support/readiness-builder.ts';
import { expectPlainLines, HOSTILE } from '../support/report-claims.ts';

const render = (report: ReadinessReport, width = 100, form?: ReadinessForm) =>
  renderReadiness(report, PLAIN_PAINT, width, form);

/** The lines of the table, without its heading. */
const rowsOf = (text: string) => text.split('\n\n')[1]?.split('\n').slice(1) ?? [];

const GAP = {
  what: 'KMS keys',
  where: { accountId: '123456789012', region: 'eu-west-1' },
  action: 'kms:DescribeKey',
  cause: 'AccessDenied',
  hides: 'threats',
} as const;

describe('the form', () => {
  it('is everything of the one there is and of a few that are named, and a line each of more', () => {
    expect([readinessForm(0, 1), readinessForm(2, 2), readinessForm(5, 5)]).toEqual(['detail', 'detail', 'detail']);
    expect([readinessForm(0, 2), readinessForm(6, 6), readinessForm(0, 0)]).toEqual([
      'overview',
      'overview',
      'overview',
    ]);
  });

  it('of an empty report is unknown, never ready', () => {
    expect(render(aReport([])).split('\n')[0]).toBe('UNKNOWN: no database was seen');
  });
});

describe('ten databases', () => {
  it('fit one screen of 100 columns, worst first, each reason told once', () => {
    const text = render(aReport(anEstate(10), { gaps: [GAP] }));
    expect(text).toBe(`2 not ready, 4 unknown, 4 ready
If each database is deleted now, at 2026-02-26 21:00:00 UTC:

verdict    database     engine    work lost  restore p95  last ends    until, or why not
not ready  orders-0     postgres  ALL        never        none left    no survivor
not ready  orders-1     postgres  ALL        never        none left    no survivor
unknown    billing-0    postgres  5 h        never        in 1 d       restore never proven
unknown    sessions-0   postgres  5 h        never        in 2 d 12 h  restore never proven
unknown    billing-1    postgres  5 h        never        in 3 d 12 h  restore never proven
unknown    sessions-1   postgres  5 h        never        in 5 d       restore never proven
ready      users-0      postgres  5 min 2 s  13 min (3)   never        in 3 d
ready      catalogue-0  postgres  5 min 3 s  13 min (3)   never        1 waived, in 4 d
ready      users-1      postgres  5 min 7 s  13 min (3)   never        in 8 d
ready      catalogue-1  postgres  5 min 8 s  13 min (3)   never        1 waived, in 9 d

  block orders-0, orders-1: no recovery point outlives the change [no_survivor]
        take a manual snapshot, which outlives the database:
          aws rds create-db-snapshot --region eu-west-1 --db-instance-identifier orders-0 \\
            --db-snapshot-identifier orders-0-before-change
        and so for each of the others
  block billing-0, sessions-0, billing-1, sessions-1: no drill has ever restored such a survivor
        [restore_never_proven]
        restore it to a scratch database and question it:
          muster drill run billing-0
        and so for each of the others

WAIVED  catalogue-0, catalogue-1: data loss exceeded, let pass by Jane Doe until 2026-03-06 09:00
        UTC (in 7 d 12 h): moves to the new cluster by March (muster.yaml: waivers[0])

1 GAP: this was not seen, and counts as unknown
  ! KMS keys in 123456789012/eu-west-1: kms:DescribeKey gave AccessDenied; may hide something that
    takes a survivor away

muster report NAME shows one whole: survivors, evidence, restore times, what ends first
`);
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(40);
  });

  it('keep name, verdict and countdown at 60 columns', () => {
    const text = render(aReport(anEstate(5)), 60);
    expect(text).toBe(`1 not ready, 2 unknown, 2 ready
If each database is deleted now, at 2026-02-26 21:00:00 UTC:

verdict    database     last ends    until, or why not
not ready  orders-0     none left    no survivor
unknown    billing-0    in 1 d       restore never proven
unknown    sessions-0   in 2 d 12 h  restore never proven
ready      users-0      never        in 3 d
ready      catalogue-0  never        1 waived, in 4 d

  block orders-0: no recovery point of orders-0 outlives
        this [no_survivor]
        take a manual snapshot, which outlives the database:
          aws rds create-db-snapshot --region eu-west-1 \\
            --db-instance-identifier orders-0 \\
            --db-snapshot-identifier \\
            orders-0-before-change
  block billing-0, sessions-0: no drill has ever restored
        such a survivor [restore_never_proven]
        restore it to a scratch database and question it:
          muster drill run billing-0
        and so for each of the others

WAIVED  catalogue-0: data loss exceeded, let pass by Jane
        Doe until 2026-03-06 09:00 UTC (in 7 d 12 h): moves
        to the new cluster by March (muster.yaml:
        waivers[0])

gaps: none; every listing was read to its end

muster report NAME shows one whole: survivors, evidence,
restore times, what ends first
`);
  });
});

describe('two hundred databases', () => {
  const text = render(aReport(anEstate(200)));

  it('are cut to twelve rows, with how many more there are, how bad, and what shows them', () => {
    expect(rowsOf(text)).toHaveLength(13);
    expect(rowsOf(text).at(-1)).toBe(
      '  and 188 more (28 not ready, 80 unknown, 80 ready); all of them: muster report --format json',
    );
  });

  it('fit one screen still, and name six of those that share a reason', () => {
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(40);
    expect(text).toContain('orders-0, orders-1, orders-10, orders-11, orders-12, orders-13 and 34 more:');
  });

  it('say which reasons there was no room for', () => {
    const crowded = anEstate(20).map((view) => {
      const codes = ['no_survivor', 'data_loss_exceeded', 'restore_failed', 'restore_too_slow'] as const;
      return { ...view, reasons: view.verdict === 'ready' ? [] : codes.map((code) => aReason({ code })) };
    });
    const told = render(aReport(crowded, { gaps: [GAP] }));
    expect(told).toMatch(/\n {2}and \d more reasons?: [a-z ,]*restore too slow\n/);
    expect(told.split('\n').length - 1).toBeLessThanOrEqual(40);
  });
});

describe('a line of the table', () => {
  const lineOf = (...databases: Parameters<typeof aReport>[0]) =>
    rowsOf(render(aReport([...databases, aDatabaseView({ identifier: 'zz' })]), 120));

  it('counts the reasons that block beside the first', () => {
    const view = aDatabaseView({ identifier: 'a', reasons: [aReason(), aReason({ code: 'restore_never_proven' })] });
    expect(lineOf(view)[0]).toMatch(/^not ready {2}a .* no survivor \+1$/);
  });

  it('of a ready database says how long, and counts its warnings', () => {
    const ready = { identifier: 'a', verdict: 'ready', survivors: [aSurvivor()], dataLossSeconds: 60 } as const;
    const warned = [aReason({ code: 'last_survivor_expires', severity: 'warn' })];
    expect(lineOf(aDatabaseView({ ...ready, reasons: warned, readyUntil: later(90_000) }))[1]).toMatch(
      / in 1 d 1 h, 1 warn$/,
    );
    expect(lineOf(aDatabaseView({ ...ready, reasons: [], readyUntil: null }))[1]).toMatch(/ no end in sight$/);
  });

  it('that names nothing left tells doubt from certainty', () => {
    const doubtful = aDatabaseView({ identifier: 'a', casualties: [aCasualty({ fate: 'unknown' })] });
    expect(lineOf(doubtful)[0]).toMatch(/ not known +never +not known /);
    expect(lineOf(aDatabaseView({ identifier: 'a' }))[0]).toMatch(/ ALL +never +none left /);
  });

  it('tells databases of one name apart by their region', () => {
    const at = (region: string) => aDatabaseView({ identifier: 'a', arn: arnOf('a', region) });
    expect(lineOf(at('eu-west-1'), at('us-east-1')).map((line) => line.split(/ {2,}/)[1])).toEqual([
      'a (eu-west-1)',
      'a (us-east-1)',
      'zz',
    ]);
  });

  it('is one line however long the name, and the name is whole where it fits', () => {
    const name = 'a-name-of-sixty-three-characters-as-long-as-rds-lets-one-of-them-be';
    expect(lineOf(aDatabaseView({ identifier: name }))[0]).toContain(` ${name} `);
    const narrow = rowsOf(render(aReport([aDatabaseView({ identifier: name }), aDatabaseView()]), 60));
    expect(narrow).toHaveLength(2);
    expect(narrow.some((line) => line.includes('…'))).toBe(true);
  });

  it('paints the end of the last survivor by how soon it comes', () => {
    const ending = (seconds: number) =>
      renderReadiness(
        aReport([aDatabaseView({ survivors: [aSurvivor({ expiresAt: later(seconds) })] }), aDatabaseView()]),
        colourPaint(),
      );
    expect(ending(86_400)).toContain('\u001b[31min 1 d\u001b[39m');
    expect(ending(7 * 86_400)).toContain('\u001b[33min 7 d\u001b[39m');
    expect(ending(8 * 86_400)).toMatch(/ {2}in 8 d {2}/);
  });
});

it('what was found of a database of which nothing is left is all its work lost, and never none', () => {
  const lost = aRequirement({ requirement: 'data_loss', wanted: 86_400, found: null, result: 'not_met' });
  expect(foundWords(lost)).toBe('everything');
  expect(foundWords({ ...lost, result: 'unknown' })).toBe('not known');
  expect(foundWords({ ...lost, requirement: 'restore_proof', wanted: 'queried' })).toBe('nothing');
});

describe('one database', () => {
  it('is told whole at 100 columns', () => {
    expect(render(aReport([aWholeDatabase()]))).toBe(`1 not ready, 0 unknown, 0 ready
If each database is deleted now, at 2026-02-26 21:00:00 UTC:

orders: NOT READY (RDS instance, postgres)
  WAIVED       data loss exceeded, let pass by Jane Doe until 2026-03-06 09:00 UTC (in 7 d 12 h):
               moves to the new cluster by March (muster.yaml: waivers[0])
  importance   412 GiB
  environment  production
  work lost    1 d 16 h
  restore time p50 10 min 12 s, p95 12 min 40 s (3 drills; snapshot restore into db.r6g.large)
               restore from a vault: never proven by a drill
  countdown    the last survivor ends in 6 d 4 h, on 2026-03-05 01:00:00 UTC
  ends first   drill:drl-1 is too old to count in 5 d, on 2026-03-03 21:00:00 UTC
  asked of it
    asked                     wanted             found      result     origin
    survivors outside plan    at least 1         2          met        built-in default
    survivors if region lost  at least 1         0          advisory   built-in default
    kept for                  at least 14 d      6 d        not met    built-in default
    work lost                 at most 1 d        1 d 16 h   waived     built-in default
    restore proof             queried or better  queried    met        built-in default
    restore time              at most 1 h        not known  not known  built-in default
  survivors (2)
    kept  before-migration  manual snapshot
          work lost 1 d 16 h; ends 2026-03-05 (in 6 d 4 h); available; same account
    kept  awsbackup:job-7  AWS Backup snapshot
          work lost 3 d; ends 2026-02-28 (in 2 d); available; other account
  casualties (1)
    lost  rds:orders-2026-02-26  system snapshot
      Deleting a database with DeleteAutomatedBackups=true, the default, deletes its PITR window and
      every automated snapshot at once. [automated_backup_dies_with_database]
  survivors by loss
    if                  left              newest data           work lost  last ends
    deleted carelessly  2                 2026-02-25 05:00 UTC  1 d 16 h   in 6 d 4 h
    key destroyed       1 in doubt
    region lost         NONE
    account lost        1 and 1 in doubt  2026-02-23 21:00 UTC  3 d        never
  evidence (3)
    proven  drill:drl-1
          6 d old, too old in 5 d; a snapshot restore, 4 of 4 probes passed
    test failed  restore_test:J-7
          6 d old; a snapshot restore, 4 of 4 probes passed
    fresh  inventory
          40 s old, too old in 14 min; a snapshot restore, 4 of 4 probes passed

  block no drill has ever restored orders from such a recovery point [restore_never_proven]
        restore it to a scratch database and question it:
          muster drill run orders

gaps: none; every listing was read to its end
`);
  });

  it('at 60 columns gives each question of the policy a line of its own', () => {
    const text = render(aReport([aWholeDatabase()]), 60);
    expect(text).toContain(`
  not met      kept for: asked at least 14 d, found 6 d
               (built-in default)
  waived       work lost: asked at most 1 d, found 1 d 16 h
               (built-in default)
`);
    expect(text).toContain('not known    restore time: asked at most 1 h, not known\n');
    expect(text).not.toContain('newest data');
    expectPlainLines(text, 60);
  });

  it('of which nothing more is known than a decision says leaves those parts out', () => {
    const text = render(aReport([aDatabaseView()]));
    expect(text).toMatch(/restore time +never proven by a drill\n {2}countdown {4}nothing is left\n/);
    expect(text).not.toMatch(/WAIVED|environment|asked of it|survivors by loss|evidence/);
  });

  it('says that no evidence is there, and that the policy names no environment', () => {
    const text = render(aReport([aDatabaseView({ evidence: [], environment: null })]));
    expect(text).toMatch(/^ {2}evidence {5}none$/m);
    expect(text).toMatch(/^ {2}environment {2}none named by the policy$/m);
  });

  it('shows eight pieces of evidence and counts the others', () => {
    const evidence = Array.from({ length: 10 }, (_, index) => aPieceOfEvidence({ id: `drill:${index}` }));
    const text = render(aReport([aDatabaseView({ evidence })]));
    expect(text).toContain('evidence (10)');
    expect(text).toContain('drill:7\n');
    expect(text).not.toContain('drill:8');
    expect(text).toContain('and 2 more pieces');
  });

  it('calls evidence that has come of age too old, never fresh for a while', () => {
    const evidence = [aPieceOfEvidence({ freshUntil: later(0), state: 'stale' })];
    expect(render(aReport([aDatabaseView({ evidence })]))).toContain('6 d old, too old to count;');
  });

  it('of several named comes whole after the worse', () => {
    const ready = aDatabaseView({ identifier: 'a', verdict: 'ready', reasons: [], survivors: [aSurvivor()] });
    const text = render(aReport([ready, aDatabaseView({ identifier: 'b' })]), 100, 'detail');
    expect(text.indexOf('b: NOT READY')).toBeLessThan(text.indexOf('a: READY'));
  });
});

describe('the page', () => {
  const hostile = aWholeDatabase({
    identifier: HOSTILE,
    arn: arnOf(HOSTILE),
    engine: HOSTILE,
    importance: [HOSTILE],
    environment: { name: HOSTILE, sandbox: true },
    reasons: [aReason({ message: HOSTILE, remedy: `aws rds ${HOSTILE}` })],
    survivors: [aSurvivor({ id: HOSTILE })],
    casualties: [aCasualty({ id: HOSTILE })],
    requirements: [
      aRequirement({ requirement: 'survivors_after_loss', loss: HOSTILE, found: HOSTILE, origin: HOSTILE }),
    ],
    evidence: [aPieceOfEvidence({ id: HOSTILE, says: HOSTILE })],
    waivers: [aWaiver({ by: HOSTILE, because: HOSTILE, origin: HOSTILE })],
    survivorsByLoss: [{ loss: HOSTILE, left: 0, newestAt: null, dataLossSeconds: null, until: null, unknown: 0 }],
    restoreTimes: [{ claim: 'pitr', p50: 1, p95: 2, n: 1, conditions: HOSTILE }],
  });

  it('keeps its columns when painted', () => {
    const codes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    for (const report of [aReport(anEstate(10)), aReport([aWholeDatabase()])]) {
      expect(renderReadiness(report, colourPaint()).replace(codes, '')).toBe(render(report));
    }
  });

  it.each(['overview', 'detail'] as const)('lets no text from outside move the cursor or add a line: %s', (form) => {
    const text = render(aReport([hostile, aDatabaseView()]), 100, form);
    expectPlainLines(text);
    expect(text).not.toMatch(/^ALLOW\b/m);
  });

  it.each([60, 72, 100])('fits %i columns', (width) => {
    for (const size of [1, 10, 200]) expectPlainLines(render(aReport(anEstate(size)), width), width);
    expectPlainLines(render(aReport([aWholeDatabase()]), width), width);
  });
});
