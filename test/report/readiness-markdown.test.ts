/** Readiness as Markdown: the same facts in tables, and nothing in it can become markup. */

import { describe, expect, it } from 'vitest';
import { renderLossesMarkdown } from '../../src/report/losses-markdown.ts';
import { renderReadinessMarkdown } from '../../src/report/readiness-markdown.ts';
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
import { HOSTILE } from '../support/report-claims.ts';

describe('several databases in markdown', () => {
  it('are a table, then each reason once with its commands', () => {
    expect(renderReadinessMarkdown(aReport(anEstate(5)))).toBe(`## Muster: 1 not ready, 2 unknown, 2 ready

If each database is deleted now, at 2026-02-26 21:00:00 UTC:

> [!WARNING]
> **Let pass by a person:**
> - \`catalogue-0\`: data loss exceeded, let pass by Jane Doe until 2026-03-06 09:00 UTC \\(in 7 d 12 h\\): moves to the new cluster by March \\(muster.yaml: waivers\\[0\\]\\)

| verdict | database | engine | work lost | restore p95 | last ends | until, or why not |
| --- | --- | --- | --- | --- | --- | --- |
| **not ready** | \`orders-0\` | postgres | ALL | never | none left | no survivor |
| **unknown** | \`billing-0\` | postgres | 5 h | never | in 1 d | restore never proven |
| **unknown** | \`sessions-0\` | postgres | 5 h | never | in 2 d 12 h | restore never proven |
| **ready** | \`users-0\` | postgres | 5 min 2 s | 13 min \\(3\\) | never | in 3 d |
| **ready** | \`catalogue-0\` | postgres | 5 min 3 s | 13 min \\(3\\) | never | 1 waived, in 4 d |

**block** \`orders-0\`: no recovery point of orders-0 outlives this (\`no_survivor\`)

take a manual snapshot, which outlives the database:

\`\`\`sh
aws rds create-db-snapshot --region eu-west-1 --db-instance-identifier orders-0 --db-snapshot-identifier orders-0-before-change
\`\`\`

**block** \`billing-0\`, \`sessions-0\`: no drill has ever restored such a survivor (\`restore_never_proven\`)

restore it to a scratch database and question it:

\`\`\`sh
muster drill run billing-0
\`\`\`

and so for each of the others

\`muster report NAME\` shows one whole: survivors, evidence, restore times, what ends first.
`);
  });

  it('are cut to a hundred rows, with how many more there are and what shows them', () => {
    const text = renderReadinessMarkdown(aReport(anEstate(200)));
    expect(text.split('\n').filter((line) => line.startsWith('| **'))).toHaveLength(100);
    expect(text).toContain('and 100 more; all of them: `muster report --format json`');
    expect(text.length).toBeLessThan(65_536);
  });

  it('of which there are none are unknown', () => {
    expect(renderReadinessMarkdown(aReport([]))).toMatch(/^## Muster: UNKNOWN \(no database was seen\)\n/);
  });
});

describe('one database in markdown', () => {
  const text = renderReadinessMarkdown(aReport([aWholeDatabase()]));

  it('leads with its waivers, then the facts and what ends first', () => {
    expect(text).toContain(`### \`orders\` (RDS instance, postgres)

> [!WARNING]
> - **waived:** data loss exceeded, let pass by Jane Doe until 2026-03-06 09:00 UTC \\(in 7 d 12 h\\): moves to the new cluster by March \\(muster.yaml: waivers\\[0\\]\\)

- verdict: **not ready**
- importance: 412 GiB
- environment: production
- work lost: 1 d 16 h
- restore time: never proven by a drill
- last survivor ends: **in 6 d 4 h**
- ends first: **drill:drl-1 is too old to count in 5 d, on 2026-03-03 21:00:00 UTC**

| asked | wanted | found | result | origin |
| --- | --- | --- | --- | --- |
| survivors outside plan | at least 1 | 2 | **met** | built-in default |
| survivors if region lost | at least 1 | 0 | **advisory** | built-in default |
| kept for | at least 14 d | 6 d | **not met** | built-in default |
| work lost | at most 1 d | 1 d 16 h | **waived** | built-in default |
| restore proof | queried or better | queried | **met** | built-in default |
| restore time | at most 1 h | not known | **not known** | built-in default |
`);
  });

  it('folds survivors by loss away, and says outside how many losses leave nothing', () => {
    expect(text).toContain(`<details><summary>Survivors by loss: of 4 losses, 2 leave nothing that is sure</summary>

| if | left | newest data | work lost | last ends |
| --- | --- | --- | --- | --- |
| deleted carelessly | 2 | 2026-02-25 05:00 UTC | 1 d 16 h | in 6 d 4 h |
| key destroyed | 1 in doubt |  |  |  |
| region lost | **none** |  |  |  |
| account lost | 1 and 1 in doubt | 2026-02-23 21:00 UTC | 3 d | never |

</details>
`);
  });

  it('shows restore times by claim and evidence with its age', () => {
    expect(text).toContain('| restore from a vault | never proven by a drill |');
    expect(text).toContain('| `drill:drl-1` | proven | 6 d | in 5 d | a snapshot restore, 4 of 4 probes passed |');
    expect(text).toContain('| `restore_test:J-7` | test failed | 6 d | no end set |');
  });

  it('of which nothing more is known than a decision says has no empty table', () => {
    const bare = renderReadinessMarkdown(aReport([aDatabaseView()]));
    expect(bare).toContain('- last survivor ends: **none left**\n- ends first: **nothing does by itself**');
    expect(bare).not.toMatch(/\| asked|\| evidence|\| kind of restore|<details>|WARNING/);
    expect(renderReadinessMarkdown(aReport([aDatabaseView({ evidence: [] })]))).toContain('**Evidence: none**');
  });
});

describe('text from outside', () => {
  const hostile = aWholeDatabase({
    identifier: HOSTILE,
    arn: arnOf(HOSTILE),
    engine: HOSTILE,
    importance: [HOSTILE],
    environment: { name: HOSTILE, sandbox: true },
    reasons: [aReason({ message: HOSTILE, remedy: HOSTILE })],
    survivors: [aSurvivor({ id: HOSTILE })],
    casualties: [aCasualty({ id: HOSTILE })],
    requirements: [
      aRequirement({ requirement: 'survivors_after_loss', loss: HOSTILE, found: HOSTILE, origin: HOSTILE }),
    ],
    evidence: [aPieceOfEvidence({ id: HOSTILE, state: HOSTILE, says: HOSTILE })],
    waivers: [aWaiver({ by: HOSTILE, because: HOSTILE, origin: HOSTILE })],
    survivorsByLoss: [{ loss: HOSTILE, left: 0, newestAt: null, dataLossSeconds: null, until: null, unknown: 0 }],
    restoreTimes: [{ claim: 'pitr', p50: 1, p95: 2, n: 1, conditions: HOSTILE }],
  });
  const gaps = [
    { what: HOSTILE, where: { accountId: '1', region: 'r' }, action: HOSTILE, cause: HOSTILE, hides: 'threats' },
  ] as const;

  it.each(['overview', 'detail'] as const)('stays inside its cell, its code and its paragraph: %s', (form) => {
    const text = renderReadinessMarkdown(aReport([hostile, aDatabaseView()], { gaps, loss: HOSTILE }), form);
    const outsideCode = text.replace(/(`+)(?:(?!\1).)+\1/g, 'CODE');
    expect(text.replaceAll('\n', '').replaceAll('\u200b', '')).not.toMatch(/\p{C}/u);
    expect(outsideCode).not.toContain('(http://evil.test)');
    expect(outsideCode).not.toContain('@octocat');
    expect(outsideCode).not.toMatch(/(?<!\\)\*\*ready\*\*.*a\]/);
    expect(outsideCode.match(/<\/details>/g) ?? []).toHaveLength(form === 'detail' ? 1 : 0);
    for (const block of text.split('\n\n').filter((part) => part.startsWith('| '))) {
      const widths = block.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });
});

describe('losses in markdown', () => {
  const row = {
    loss: 'region_lost',
    left: [],
    unknown: [],
    dataLossSeconds: null,
    lastEndsAt: null,
    kinds: [],
  } as const;
  const left = [{ id: 'snap|1', kind: 'manual_snapshot', until: null }] as const;

  it('are a table of one row a loss, and what leaves nothing stands out', () => {
    const doubt = [{ id: 'doubtful', rules: [] }];
    const rows = [
      row,
      { ...row, loss: 'key_disabled', unknown: doubt } as const,
      { ...row, loss: 'account_lost', left, dataLossSeconds: 3_600, lastEndsAt: later(60) } as const,
      { ...row, loss: 'bad_write', left, unknown: doubt } as const,
    ];
    expect(renderLossesMarkdown([{ identifier: 'orders', rows }])).toBe(`## Muster: survivors by loss

### \`orders\`

| if | left | work lost | last ends |
| --- | --- | --- | --- |
| region lost | **nothing** |  |  |
| key disabled | in doubt: \`doubtful\` |  |  |
| account lost | 1: \`snap\\|1\` | 1 h | 2026-02-26 21:01 UTC |
| bad write, seen 24 h on | 1: \`snap\\|1\`; in doubt: \`doubtful\` | not known | never |
`);
  });
});
