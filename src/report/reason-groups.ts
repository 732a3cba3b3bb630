/**
 * The reasons of many databases, each told once: those with one code and one shape of remedy together.
 *
 * Two remedies have one shape when they differ only in the name and the region of their database, so that whoever has
 * read one of them can carry out the others.
 */

import type { DatabaseView, Reason } from '../verdict/document.ts';
import { REASONS, SEVERITIES } from '../verdict/reasons.ts';
import { groupBy } from './group.ts';

/** One reason of one or more databases. */
export interface ReasonGroup {
  readonly reason: Reason;
  /** What they are called, in the order of the databases; never empty. */
  readonly names: readonly string[];
  /** What to say: the message itself where all have the same, else what the code means. May hold untrusted text. */
  readonly message: string;
}

/** The reasons that block or warn, those that block first; within these in the order of the databases. */
export function groupReasons(
  databases: readonly DatabaseView[],
  nameOf: (view: DatabaseView) => string = ({ identifier }) => identifier,
): ReasonGroup[] {
  const all = databases.flatMap((view) =>
    view.reasons.filter(({ severity }) => severity !== 'info').map((reason) => ({ view, reason })),
  );
  const groups = groupBy(all, ({ view, reason }) =>
    JSON.stringify([reason.severity, reason.code, remedyShape(view, reason)]),
  ).flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const isShared = members.every(({ reason }) => reason.message === first.reason.message);
    const names = [...new Set(members.map(({ view }) => nameOf(view)))];
    return [{ reason: first.reason, names, message: isShared ? first.reason.message : meaningOf(first.reason) }];
  });
  return SEVERITIES.flatMap((severity) => groups.filter(({ reason }) => reason.severity === severity));
}

/** Decisions that were kept may hold codes of a newer Muster. */
function meaningOf({ code, message }: Reason): string {
  return Object.hasOwn(REASONS, code) ? REASONS[code].meaning : message;
}

function remedyShape({ identifier, arn }: DatabaseView, { remedy }: Reason): string | null {
  const region = arn.split(':')[3] ?? '';
  if (remedy === null) return null;
  const named = remedy.replaceAll(identifier, '<database>');
  return region === '' ? named : named.replaceAll(region, '<region>');
}
