/** What a person reads when a gate stops or passes a change. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import { renderDecision } from '../../src/report/decision-text.ts';
import { colourPaint, PLAIN_PAINT } from '../../src/report/style.ts';
import type { CasualtyView, DecisionDocument } from '../../src/verdict/document.ts';
import { aCasualty, aDatabaseView, aDecision, aReason, aSurvivor } from '../support/decision-builder.ts';
import { aWholeDatabase } from '../support/readiness-builder.ts';
import { expectPlainLines, HOSTILE } from '../support/report-claims.ts';

const render = (document: DecisionDocument) => renderDecision(document, PLAIN_PAINT);

const aReview = () =>
  aDecision({
    decision: 'review',
    verdict: 'ready',
    databases: [aDatabaseView({ verdict: 'ready', reasons: [], survivors: [aSurvivor()], dataLossSeconds: 18_000 })],
  });

describe('the decision leads', () => {
  it('a block opens with BLOCK and the first reason that blocks', () => {
    const [first, second] = render(aDecision()).split('\n');
    expect(first).toBe('BLOCK  verdict: not ready');
    expect(second).toBe('Stop: no recovery point of prod-students outlives this change.');
  });

  it('a block counts the other reasons that block', () => {
    const reasons = [aReason(), aReason({ message: 'no restore was ever proven' })];
    const text = render(aDecision({ databases: [aDatabaseView({ reasons })] }));
    expect(text).toContain('outlives this change (and 1 more reason).');
  });

  it('a block without a reason still says stop', () => {
    expect(render(aDecision({ databases: [], reasons: [] }))).toContain('Stop: nothing here shows that this is safe.');
  });

  it('a review says that a person must still approve and that Muster never does', () => {
    const text = render(aReview());
    expect(text.split('\n')[0]).toBe('REVIEW  verdict: ready');
    expect(text.replace(/\s+/g, ' ')).toContain('A person must still approve this change; Muster never does.');
  });

  it('an allow says that nothing is destroyed and asks nobody to approve', () => {
    const text = render(aDecision({ decision: 'allow', verdict: 'ready', databases: [], reasons: [] }));
    expect(text).toContain('Nothing here destroys, disarms or mistakes a database.');
    expect(text).not.toContain('approve');
  });

  it('each decision has its own colour', () => {
    const colourOf = (decision: DecisionDocument['decision']) =>
      renderDecision(aDecision({ decision }), colourPaint()).split('\n')[0];
    expect(colourOf('block')).toContain('\u001b[31mBLOCK');
    expect(colourOf('review')).toContain('\u001b[33mREVIEW');
    expect(colourOf('allow')).toContain('\u001b[32mALLOW');
  });
});

describe('a database', () => {
  it('shows its kind, its engine and the facts that make it important', () => {
    const text = render(aDecision());
    expect(text).toContain('prod-students: NOT READY (Aurora cluster, aurora-postgresql)');
    expect(text).toContain('412 GiB; 2 instances; created 2023-01-09');
  });

  it('without survivors says none', () => {
    expect(render(aDecision())).toMatch(/^ {2}survivors +none$/m);
  });

  it('calls everything lost only where nothing is in doubt', () => {
    const lossOf = (...fates: CasualtyView['fate'][]) => {
      const casualties = fates.map((fate, index) => aCasualty({ id: `c${index}`, fate }));
      const text = renderDecision(aDecision({ databases: [aDatabaseView({ casualties })] }), PLAIN_PAINT, 100);
      return /^ {2}work lost +(.+)$/m.exec(text)?.[1];
    };
    expect(lossOf('lost')).toBe('everything');
    expect(lossOf('lost', 'unreadable')).toBe('everything');
    expect(lossOf('lost', 'unknown')).toBe('not known');
  });

  it('gives each setting that would have saved it a line of its own, and copies no prose into a command', () => {
    const command = 'delete_automated_backups = false\n# with the AWS CLI: --no-delete-automated-backups';
    const wouldHaveSaved = { setting: 'keep_automated_backups', left: ['pitr:x'], until: null, command } as const;
    const text = renderDecision(aDecision({ databases: [aDatabaseView({ wouldHaveSaved })] }), PLAIN_PAINT, 100);
    expect(text).toMatch(/\n {6}delete_automated_backups = false\n {6}# with the AWS CLI: --no-delete/);
  });

  it('shows a survivor with its kind, work lost, end, grade and place', () => {
    const at = aDecision().at;
    const survivor = aSurvivor({ expiresAt: addDays(at, 7), grade: 'queried', reach: 'other_account' });
    const text = render(aDecision({ databases: [aDatabaseView({ survivors: [survivor] })] }));
    expect(text).toMatch(/^ {4}kept {2}before-migration {2}manual snapshot$/m);
    expect(text).toMatch(/^ {10}work lost 5 h; ends 2026-03-05; queried; other account$/m);
  });

  it('keeps an id whole that fills the line, its kind below', () => {
    const id = `arn:aws:backup:eu-west-1:123456789012:recovery-point:${'7f1c'.repeat(10)}`;
    const databases = [aDatabaseView({ survivors: [aSurvivor({ id })], casualties: [aCasualty({ id })] })];
    const text = render(aDecision({ databases }));
    expect(text).toContain(`    kept  ${id}\n          manual snapshot\n          work lost`);
    expect(text).toContain(`    lost  ${id}\n          system snapshot\n`);
  });

  it('counts the survivors that it does not list', () => {
    const survivors = Array.from({ length: 11 }, (_, index) => aSurvivor({ id: `manual-${index}` }));
    const text = render(aDecision({ databases: [aDatabaseView({ survivors })] }));
    expect(text).toContain('survivors (11)');
    expect(text).toContain('and 3 more survivors');
  });

  it('shows each casualty with its fate and the rule that decided it', () => {
    const text = render(aDecision());
    expect(text).toMatch(/^ {4}lost {2}rds:prod-students\S+ {2}system snapshot$/m);
    expect(text).toContain('[automated_backup_dies_with_database]');
    expect(text).toContain('Deleting a database with DeleteAutomatedBackups=true');
  });

  it('shows six of 35 snapshots lost for one reason, the count, and the reason once', () => {
    const casualties = Array.from({ length: 35 }, (_, day) =>
      aCasualty({ id: `rds:s-${String(day).padStart(2, '0')}` }),
    );
    const text = render(aDecision({ databases: [aDatabaseView({ casualties })] }));
    expect(text).toContain('casualties (35)');
    expect(text).toContain('rds:s-05');
    expect(text).not.toContain('rds:s-06');
    expect(text).toContain('and 29 more');
    expect(text.split('[automated_backup_dies_with_database]')).toHaveLength(2);
  });

  it('says when no drill has proven a restore', () => {
    expect(render(aDecision())).toMatch(/restore time +never proven by a drill/);
  });

  it('shows measured restore times with their count and conditions', () => {
    const restoreSeconds = { p50: 240, p95: 367, n: 4, conditions: 'db.r6g.large' };
    const text = render(aDecision({ databases: [aDatabaseView({ restoreSeconds })] }));
    expect(text).toContain('p50 4 min, p95 6 min 7 s (4 drills; db.r6g.large)');
  });

  it('puts the commands of a remedy on lines of their own that a shell joins again', () => {
    const text = render(aDecision());
    expect(text).toContain('        Take a manual snapshot first:\n');
    const command = text.slice(text.indexOf('aws rds'), text.indexOf('before-destroy') + 'before-destroy'.length);
    expect(command.replace(/ \\\n +/g, ' ')).toBe(aReason().remedy?.split('\n')[1]);
  });

  it('repeats no reason that the document also lists', () => {
    const text = render(aDecision());
    expect(text.split('[no_survivor]')).toHaveLength(2);
  });
});

describe('what the policy asks of a database', () => {
  const text = render(aDecision({ databases: [aWholeDatabase()] }));

  it('is led by what a person let pass, right under the headline', () => {
    expect(text).toContain(`
orders: NOT READY (RDS instance, postgres)
  WAIVED       data loss exceeded, let pass by Jane Doe until 2026-03-06 09:00 UTC (in 7 d 12 h):
               moves to the new cluster by March (muster.yaml: waivers[0])
  importance   412 GiB
  environment  production
`);
  });

  it('leaves what is asked and not met to the reasons', () => {
    expect(text).not.toMatch(/^ {2}(met|not met|not known|waived|advisory) /m);
  });

  it('names a sandbox, and no environment where the policy names none', () => {
    const shown = (environment: { readonly name: string; readonly sandbox: boolean } | null) =>
      render(aDecision({ databases: [aDatabaseView({ environment })] }));
    expect(shown({ name: 'trial', sandbox: true })).toContain('  environment  trial, a sandbox\n');
    expect(shown(null)).not.toContain('environment  ');
  });

  it('leaves survivors without a countdown: the decision ends long before', () => {
    expect(text).toContain('work lost 1 d 16 h; ends 2026-03-05; available; same account');
  });
});

describe('what the decision rests on', () => {
  it('the checklist has eight points, and one that nobody checked is unknown', () => {
    const checklist = [
      { point: 'human_approval', result: 'fail', evidence: ['verified: plan read', 'contradicted: no receipt'] },
    ] as const;
    const text = render(aDecision({ checklist }));
    const lines = text.slice(text.indexOf('checklist\n')).split('\n\n')[0]?.split('\n').slice(1) ?? [];
    expect(lines).toHaveLength(8);
    expect(lines.filter((line) => line.includes('unknown'))).toHaveLength(7);
    expect(lines).toContain('  fail     human approval              contradicted: no receipt');
  });

  it('a checkpoint that passed takes one line, and one that failed says why in full', () => {
    const why = `contradicted: ${'a long finding that must not be cut '.repeat(4)}until its end`;
    const shown = (result: 'pass' | 'fail') =>
      render(aDecision({ checklist: [{ point: 'source_of_truth', result, evidence: [why] }] })).replace(/\s+/g, ' ');
    expect(shown('fail')).toContain(why);
    expect(shown('pass')).toMatch(/source of truth contradicted: a long finding .*… unknown/);
  });

  it('a gap is loud and says which call failed and what it may hide', () => {
    const where = { accountId: '123456789012', region: 'eu-west-1' };
    const gap = {
      what: 'KMS keys',
      where,
      action: 'kms:DescribeKey',
      cause: 'AccessDenied',
      hides: 'threats',
    } as const;
    const text = render(aDecision({ gaps: [gap, { ...gap, where: { ...where, region: 'eu-north-1' } }] }));
    expect(text).toContain('2 GAPS: this was not seen, and counts as unknown');
    expect(text).toMatch(
      /KMS keys in 123456789012\/eu-west-1, 123456789012\/eu-north-1: kms:DescribeKey gave AccessDenied/,
    );
    expect(text.replace(/\s+/g, ' ')).toContain('may hide something that takes a survivor away');
  });

  it('validity and short digests come last', () => {
    const last = render(aDecision()).trimEnd().split('\n').slice(-3);
    expect(last[0]).toContain('until 2026-02-26 21:15:00 UTC');
    expect(last[2]).toMatch(/change sha256:[0-9a-f]{12}, inventory sha256:[0-9a-f]{12}, policy sha256:[0-9a-f]{12}$/);
  });
});

describe('the page', () => {
  it('fits 100 columns, or the width it is given', () => {
    expectPlainLines(render(aDecision()));
    const narrow = renderDecision(aReview(), PLAIN_PAINT, 72);
    expectPlainLines(narrow, 72);
  });

  it('keeps its columns when painted', () => {
    const painted = renderDecision(aReview(), colourPaint());
    const codes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    expect(painted.replace(codes, '')).toBe(render(aReview()));
  });

  it('lets no identifier, message or evidence move the cursor or add a line', () => {
    const hostile = aDecision({
      principal: HOSTILE,
      checklist: [{ point: 'source_of_truth', result: 'fail', evidence: [HOSTILE] }],
      gaps: [
        {
          what: HOSTILE,
          where: { accountId: '123456789012', region: 'eu-west-1' },
          action: HOSTILE,
          cause: HOSTILE,
          hides: 'databases',
        },
      ],
      databases: [
        aDatabaseView({
          identifier: HOSTILE,
          engine: HOSTILE,
          importance: [HOSTILE],
          prerequisitesLost: [HOSTILE],
          reasons: [aReason({ message: HOSTILE, remedy: HOSTILE, source: HOSTILE })],
          survivors: [aSurvivor({ id: HOSTILE })],
          casualties: [aCasualty({ id: HOSTILE })],
        }),
      ],
    });
    const text = render(hostile);
    expectPlainLines(text);
    expect(text).not.toMatch(/^ALLOW\b/m);
  });
});
