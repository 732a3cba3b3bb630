/**
 * A sandbox in which changes are decided on a saved inventory: a database with a manual snapshot, and a drill that proved
 * it, so that its deletion is `review`.
 *
 * Everything happened just before an instant of choice: a decision that is to be in time by the machine's own clock has
 * to be made of an inventory that was read now.
 */

import { createSqliteStore } from '../../src/adapters/store/sql/sqlite.ts';
import { digestOf } from '../../src/core/canonical.ts';
import { addSeconds, type Instant, secondsBetween } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { aDatabase, aDrill, anInventory, aPoint, NOW, thePitr } from './builders.ts';
import { createSandbox, type Sandbox } from './cli.ts';
import { stateFolder, storePath } from './stored.ts';

/** The database whose deletion is decided on. */
export const ORDERS = aDatabase();
/** The command that deletes it. */
export const DELETE = [
  'aws',
  'rds',
  'delete-db-instance',
  '--db-instance-identifier',
  'orders',
  '--skip-final-snapshot',
];
/** As it is before its deletion, seen at `NOW`. */
export const SEEN = anInventory({ databases: [ORDERS], recoveryPoints: [thePitr(ORDERS), aPoint(ORDERS)] });

const INSTANT = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/g;

/** The same, with every instant as far from another one as it was from `NOW`. */
export function movedTo<T>(at: Instant, value: T): T {
  const by = secondsBetween(NOW, at);
  const text = JSON.stringify(value).replace(INSTANT, (_, instant) => JSON.stringify(addSeconds(instant, by)));
  return JSON.parse(text) as T;
}

/** Where decisions are made. */
export interface DecidedSandbox extends Sandbox {
  /** A saved inventory, as of the sandbox's instant. */
  seen(inventory: Inventory): string;
  /** Keeps a drill as if it had been run here. */
  keep(drill: DrillRecord): Promise<void>;
  /** Judges a command, the deletion of `orders` unless told otherwise. */
  decide(inventory: Inventory, argv?: readonly string[]): Promise<DecisionDocument>;
}

/** Makes one, with a drill of `orders` that passed an hour before that instant. @param at A whole second. */
export async function aDecidedSandbox(at: Instant): Promise<DecidedSandbox> {
  const sandbox = createSandbox({ AWS_EC2_METADATA_DISABLED: 'true' });
  const keep = async (drill: DrillRecord): Promise<void> => {
    const { digest: _, ...moved } = movedTo(at, drill);
    const store = createSqliteStore(storePath(stateFolder(sandbox)), { now: () => at });
    await store.recordDrill({ ...moved, digest: digestOf(moved) });
    await store.close();
  };
  let files = 0;
  const seen = (inventory: Inventory): string => {
    files += 1;
    return sandbox.file(`inventory-${files}.json`, JSON.stringify(movedTo(at, inventory)));
  };
  await keep(aDrill(ORDERS));
  return {
    ...sandbox,
    seen,
    keep,
    decide: async (inventory, argv = DELETE) => {
      const asked = ['gate', 'command', '--inventory', seen(inventory), '--at', at, '--json', '--', ...argv];
      const { stdout, stderr } = await sandbox.run(asked);
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as DecisionDocument;
    },
  };
}
