/**
 * That the chain of records is not as it was written: what verdicts rest on may have been changed.
 *
 * One alert for all that a check found; the same findings are the same alert, one finding more is another.
 */

import { sortedBy } from '../core/canonical.ts';
import { printInstant } from '../core/time.ts';
import type { RecordsVerified } from '../evidence/records-report.ts';
import type { Alert } from './alert.ts';
import { alertOf, cut, listed, oneLine, type Raised } from './make-alert.ts';

/** Null for a chain that is whole. */
export function alertOfChain({ report, ...raised }: Raised & { readonly report: RecordsVerified }): Alert | null {
  if (report.whole) return null;
  const findings = sortedBy(report.chain.findings, ({ seq, kind }) => `${`${seq}`.padStart(16, '0')} ${kind}`);
  const problems = sortedBy(report.seals.problems, ({ seq, code }) => `${`${seq}`.padStart(16, '0')} ${code}`);
  const first = findings[0] ?? problems[0];
  const more = findings.length + problems.length - 1;
  const since = findings[0]?.since ?? null;
  const whole = since === null ? '' : `, whole up to ${printInstant(since)}`;
  return alertOf(
    {
      type: 'dev.muster.chain.broken.v1',
      level: 'critical',
      subject: 'evidence',
      happened: {
        findings: findings.map(({ kind, seq }) => [kind, seq]),
        problems: problems.map(({ code, seq }) => [code, seq]),
      },
      message: `the chain of evidence is broken${whole}: ${cut(oneLine(first?.message ?? 'nobody knows where'), 300)}${more > 0 ? ` (and ${more} more)` : ''}`,
      remedy:
        'trust no verdict of this store until it is restored; see what was changed and since when:\nmuster verify',
      facts: {
        since,
        records: report.chain.records,
        findings: listed(findings.map(({ kind, seq, message }) => ({ kind, seq, message: cut(message, 300) }))),
        seals: listed(problems.map(({ code, seq, message }) => ({ code, seq, message: cut(message, 300) }))),
      },
    },
    raised,
  );
}
