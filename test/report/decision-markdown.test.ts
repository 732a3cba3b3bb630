/** The decision as a comment: the same facts, and nothing in it can become markup. */

import { describe, expect, it } from 'vitest';
import { renderDecisionMarkdown } from '../../src/report/decision-markdown.ts';
import { codeBlock, escapeMarkdown, inlineCode } from '../../src/report/markdown.ts';
import type { CasualtyView } from '../../src/verdict/document.ts';
import { aCasualty, aDatabaseView, aDecision, aReason, aSurvivor } from '../support/decision-builder.ts';
import { aWholeDatabase } from '../support/readiness-builder.ts';
import { HOSTILE } from '../support/report-claims.ts';

describe('a decision in markdown', () => {
  it('leads with the decision, then why', () => {
    const parts = renderDecisionMarkdown(aDecision()).split('\n\n');
    expect(parts[0]).toBe('## Muster: BLOCK (not ready)');
    expect(parts[1]).toContain('Stop: no recovery point of prod-students outlives this change.');
  });

  it('a review says that a person must still approve', () => {
    const text = renderDecisionMarkdown(
      aDecision({ decision: 'review', verdict: 'ready', databases: [], reasons: [] }),
    );
    expect(text).toContain('A person must still approve this change; Muster never does.');
  });

  it('puts the command of a remedy in a block of its own', () => {
    expect(renderDecisionMarkdown(aDecision())).toMatch(
      /```sh\naws rds create-db-cluster-snapshot .* before-destroy\n```/,
    );
  });

  it('says what would have saved it, and how to set that', () => {
    const command = 'delete_automated_backups = false\n# before the destroy';
    const wouldHaveSaved = { setting: 'keep_automated_backups', left: ['pitr:x'], until: null, command } as const;
    const text = renderDecisionMarkdown(aDecision({ databases: [aDatabaseView({ wouldHaveSaved })] }));
    expect(text).toContain('**Would have saved it:** automated backups kept, which leaves `pitr:x` for good');
    expect(text).toContain('```sh\ndelete_automated_backups = false\n# before the destroy\n```');
    expect(renderDecisionMarkdown(aDecision({ databases: [aDatabaseView({ wouldHaveSaved: null })] }))).not.toContain(
      'saved it',
    );
  });

  it('leads a database with its waivers, and leaves what is not met to the reasons', () => {
    const text = renderDecisionMarkdown(aDecision({ databases: [aWholeDatabase()] }));
    expect(text).toContain(`### \`orders\` (RDS instance, postgres)

> [!WARNING]
> - **waived:** data loss exceeded, let pass by Jane Doe until 2026-03-06 09:00 UTC \\(in 7 d 12 h\\): moves to the new cluster by March \\(muster.yaml: waivers\\[0\\]\\)

- verdict: **not ready**
- importance: 412 GiB
- environment: production
- work lost: 1 d 16 h
- restore time: never proven by a drill

| survivor |`);
  });

  it('shows survivors and casualties as tables', () => {
    const text = renderDecisionMarkdown(aDecision({ databases: [aDatabaseView({ survivors: [aSurvivor()] })] }));
    expect(text).toContain(
      '| `before-migration` | manual snapshot | 2026-02-26 16:00 UTC | 5 h | no end set | available |',
    );
    expect(text).toContain('| lost | `automated_backup_dies_with_database` |');
  });

  it('keeps hostile text inside its cell, its code and its paragraph', () => {
    const text = renderDecisionMarkdown(
      aDecision({
        principal: HOSTILE,
        databases: [
          aDatabaseView({
            identifier: HOSTILE,
            engine: HOSTILE,
            importance: [HOSTILE],
            reasons: [aReason({ message: HOSTILE, remedy: HOSTILE })],
            survivors: [aSurvivor({ id: HOSTILE })],
            casualties: [aCasualty({ id: HOSTILE })],
          }),
        ],
      }),
    );
    const outsideCode = text.replace(/(`+)(?:(?!\1).)+\1/g, 'CODE');
    expect(text.replaceAll('\n', '').replaceAll('\u200b', '')).not.toMatch(/\p{C}/u);
    expect(outsideCode).not.toContain('(http://evil.test)');
    expect(outsideCode).not.toContain('@octocat');
    expect(outsideCode).not.toMatch(/(?<!\\)\*\*ready\*\*.*a\]/);
    expect(outsideCode.match(/<\/details>/g)).toHaveLength(1);
    for (const row of text.split('\n').filter((line) => line.startsWith('| `'))) {
      expect([7, 4]).toContain(row.replaceAll('\\|', '').split('|').length - 2);
    }
  });
});

it('calls everything lost only where nothing is in doubt', () => {
  const lossOf = (fate: CasualtyView['fate']) => {
    const view = aDatabaseView({ survivors: [], dataLossSeconds: null, casualties: [aCasualty({ fate })] });
    return /^- work lost: (.+)$/m.exec(renderDecisionMarkdown(aDecision({ databases: [view] })))?.[1];
  };
  expect(lossOf('lost')).toBe('everything');
  expect(lossOf('unknown')).toBe('not known');
});

describe('escaping', () => {
  it('leaves nothing of a link, an emphasis, a tag or a table', () => {
    expect(escapeMarkdown('[a](http://b.test) **c** <d> e|f')).toBe(
      '\\[a\\]\\(http\\://b.test\\) \\*\\*c\\*\\* \\<d\\> e\\|f',
    );
  });

  it('keeps a line from becoming a list, a heading or a rule', () => {
    for (const [text, escaped] of [
      ['- a', '\\- a'],
      ['1. a', '1\\. a'],
      ['# a', '\\# a'],
      ['=== a', '\\=== a'],
    ] as const) {
      expect(escapeMarkdown(text)).toBe(escaped);
    }
  });

  it('fences code with more backticks than it holds', () => {
    expect(inlineCode('a``b')).toBe('```a``b```');
    expect(inlineCode('`')).toBe('`` ` ``');
    expect(codeBlock(['echo ```'])).toBe('````sh\necho ```\n````');
  });
});
