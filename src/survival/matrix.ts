/**
 * Survivors by loss: what each named loss would leave of a database, and how much work would be gone with it.
 *
 * One row per loss, always all of them, in the order of the list: a loss that leaves nothing is the row to see.
 */

import type { Instant, Seconds } from '../core/time.ts';
import type { Database, Inventory, RecoveryPointKind } from '../inventory/model.ts';
import { dataLossSeconds, newestInstantOf } from './data-loss.ts';
import { isAlive } from './fate.ts';
import { LOSSES, type LossName, meet } from './losses.ts';
import type { RuleCode } from './rules.ts';
import { pointsOf } from './survive.ts';

/** What one loss leaves. */
export interface LossRow {
  readonly loss: LossName;
  readonly left: readonly { readonly id: string; readonly kind: RecoveryPointKind; readonly until: Instant | null }[];
  /** Points that are neither surely left nor surely lost. */
  readonly unknown: readonly { readonly id: string; readonly rules: readonly RuleCode[] }[];
  /** Work lost in seconds, counted to the instant asked about; null when nothing is left or AWS does not say. */
  readonly dataLossSeconds: Seconds | null;
}

/** The rows of one database, for all losses or the ones named. */
export function matrixOf(
  inventory: Inventory,
  database: Database,
  at: Instant,
  losses: readonly LossName[] = LOSSES,
): readonly LossRow[] {
  return losses.map((loss) => {
    const points = pointsOf(meet(inventory, database, loss, at), database);
    const left = points.filter(({ fate }) => isAlive(fate));
    const amounts = left.flatMap(({ point }) => {
      const newest = newestInstantOf(point);
      return newest === null ? [] : dataLossSeconds(newest, at);
    });
    return {
      loss,
      left: left.map(({ point, fate }) => ({ id: point.id, kind: point.kind, until: fate.until })),
      unknown: points.flatMap(({ point, fate }) =>
        fate.word === 'unknown' ? { id: point.id, rules: fate.rules } : [],
      ),
      dataLossSeconds: amounts.length === 0 ? null : Math.min(...amounts),
    };
  });
}
