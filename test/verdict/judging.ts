/**
 * The judgement of `orders`, were it deleted: what a test asks about, with everything else as it is most of the time.
 */

import { addSeconds, type Instant } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Action } from '../../src/intent/action.ts';
import type { Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import type { WaivableCode, Waiver } from '../../src/policy/model.ts';
import { survive } from '../../src/survival/survive.ts';
import type { Case } from '../../src/verdict/case.ts';
import { judgeDatabase } from '../../src/verdict/judge.ts';
import { aDatabase, aDrill, anInventory, aPoint, aVault, NOW, SCOPE, theDelete } from '../support/builders.ts';
import { aRequirement, type RequirementFields } from '../support/requirement-builder.ts';

export const orders = aDatabase();
export const vault = aVault();
export const FAR = { ...SCOPE, region: 'eu-central-1' };
export const THEIRS = { ...SCOPE, accountId: '999999999999' };
export const DAY = 86_400;

/** What a test sets. */
export interface Given {
  readonly points?: readonly RecoveryPoint[];
  readonly drills?: readonly DrillRecord[];
  readonly wanted?: RequirementFields;
  readonly at?: Instant;
  readonly inventory?: Partial<Inventory>;
  readonly actions?: readonly Action[];
  readonly fields?: Partial<Case>;
}

/** Everything that `orders` is judged by. */
export function aCase({ points = [aPoint(orders)], drills = [aDrill(orders)], ...given }: Given = {}): Case {
  const { wanted = {}, at = NOW, actions = [theDelete(orders)] } = given;
  const inventory = anInventory({
    databases: [orders],
    recoveryPoints: points,
    vaults: [vault],
    scopes: [SCOPE, FAR],
    ...given.inventory,
  });
  const survival = survive(inventory, actions, { at, refusals: 'lifted' });
  const requirement = aRequirement(wanted);
  return { database: orders, inventory, survival, requirement, drills, at, known: [], ...given.fields };
}

/** The judgement, its codes, and of each requirement what came of it. */
export function judge(given: Given = {}) {
  const { view, readyUntil } = judgeDatabase(aCase(given));
  const asked = (view.requirements ?? []).map(({ requirement, loss, result }) => [loss ?? requirement, result]);
  return {
    ...view,
    readyUntil,
    codes: view.reasons.map(({ code }) => code),
    results: Object.fromEntries(asked) as Record<string, string>,
    view,
  };
}

/** A copy of `orders` in another region. */
export function farCopy(fields: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return aPoint(orders, { ...FAR, id: 'far', arn: 'arn:far', kind: 'snapshot_copy', ...fields });
}

/** A copy of `orders` in another account. */
export function theirCopy(fields: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return aPoint(orders, { ...THEIRS, id: 'theirs', arn: 'arn:theirs', kind: 'account_copy', ...fields });
}

/** A snapshot of `orders` in a vault of its own account. */
export function inVault(fields: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return aPoint(orders, { id: 'vaulted', arn: 'arn:vaulted', kind: 'backup_snapshot', vaultArn: vault.arn, ...fields });
}

/** A waiver of one reason that holds for another hour; of the unknown, it accepts that. */
export function aWaiver(reason: WaivableCode, fields: Partial<Waiver> = {}): Waiver {
  const acceptsUnknown = /^restore_(never|proof|time)/.test(reason);
  const because = 'the owner knows';
  return { reason, by: 'Jane Doe', because, until: addSeconds(NOW, 3_600), acceptsUnknown, ...fields };
}
