/**
 * Scratch databases that may still be there: left behind by a drill, or found by a sweep.
 *
 * A scratch is a copy of production that nobody watches, and it costs money. What a drill left behind is told once by
 * the names of all of it, also when a sweep finds the same again; more of it is told anew. What bears our marks and is
 * not proven ours is never removed by Muster, and somebody has to look.
 */

import type { Scope } from '../core/arn.ts';
import { sortedBy } from '../core/canonical.ts';
import type { Alert } from './alert.ts';
import { alertOf, cut, eachOnce, type Happening, listed, oneLine, type Raised } from './make-alert.ts';

/** One thing that was left behind. */
export interface Leak {
  readonly kind: string;
  readonly id: string;
  readonly reason: string | null;
}

/** What a sweep says of one scratch thing, as far as it is told. */
export interface SweptThing extends Leak {
  readonly drillId: string | null;
  readonly result: string;
}

/** What a sweep found that it could not remove, or must not. */
export function alertsOfSweep({
  swept,
  ...raised
}: Raised & { readonly swept: readonly SweptThing[] }): readonly Alert[] {
  const leaked = swept.filter(({ result }) => result === 'leaked');
  const drills = [...new Set(leaked.map(({ drillId }) => drillId))];
  const happenings = drills.map((drillId) =>
    leakHappening({ drillId, leaks: leaked.filter((one) => one.drillId === drillId), facts: {} }),
  );
  const refused = swept.filter(({ result }) => result === 'refused').map(strangerHappening);
  return eachOnce([...happenings, ...refused].map((happening) => alertOf(happening, raised)));
}

/** That a drill left these behind. @param left.drillId Null for things that no drill of the journal made. */
export function leakHappening(left: {
  readonly drillId: string | null;
  readonly leaks: readonly Leak[];
  readonly facts: Happening['facts'];
  /** Identifier of the database that was restored, where it is known. */
  readonly of?: string;
  readonly scope?: Scope;
}): Happening {
  const { drillId, of, scope, facts } = left;
  const leaks = sortedBy(left.leaks, ({ kind, id }) => `${kind} ${id}`);
  const where = scope === undefined ? '' : ` in ${scope.accountId}/${scope.region}`;
  const what = of === undefined ? '' : `, copies of ${of},`;
  const by = drillId === null ? 'a drill' : `drill ${drillId}`;
  return {
    type: 'dev.muster.scratch.leaked.v1',
    level: 'critical',
    subject: drillId ?? leaks.map(({ id }) => id).join(' '),
    happened: leaks.map(({ kind, id }) => [kind, id]),
    message: `${by} left ${leaks.map(({ id }) => id).join(', ')} behind${where}${what} and could not remove it: ${leaks[0]?.reason ?? 'nobody knows why'}`,
    remedy: 'remove what is left, then check that the named ids are gone:\nmuster drill sweep',
    facts: { ...facts, drillId, scratch: listed(leaks.map(toldOf)) },
  };
}

function strangerHappening(thing: SweptThing): Happening {
  const { kind, id, reason, drillId } = thing;
  return {
    type: 'dev.muster.scratch.leaked.v1',
    level: 'warning',
    subject: id,
    happened: { refused: [kind, id] },
    message: `${kind.replace('_', ' ')} ${id} bears Muster's marks and was not removed: ${reason ?? 'it is not proven to be ours'}`,
    remedy: `look whose it is, and remove it by hand if it is nobody's: ${id}`,
    facts: { drillId, scratch: listed([toldOf(thing)]) },
  };
}

function toldOf({ kind, id, reason }: Leak) {
  return { kind, id, reason: reason === null ? null : cut(oneLine(reason), 300) };
}
