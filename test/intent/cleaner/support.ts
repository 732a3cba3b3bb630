/**
 * An estate for cleaners, and short ways to read a config against it.
 */

import { MusterError } from '../../../src/core/errors.ts';
import { addDays } from '../../../src/core/time.ts';
import type { Intent } from '../../../src/intent/action.ts';
import { cleanerIntent } from '../../../src/intent/cleaner/cleaner-intent.ts';
import { readCleaner } from '../../../src/intent/cleaner/read-cleaner.ts';
import type { Database, Inventory } from '../../../src/inventory/model.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aVault,
  NOW,
  thePitr,
} from '../../support/builders.ts';

const vault = aVault();

/** The instance `orders`, tagged `env: prod` and protected. */
export const ORDERS = aDatabase({ tags: { env: 'prod' }, deletionProtection: true, retentionDays: 14 });
/** The cluster `courses` with its member `courses-0`. */
export const COURSES = aCluster({ deletionProtection: true });

/** Both, with a manual snapshot each, system snapshots, a vault with a recovery point, and two keys. */
export function anEstate(fields: Partial<Inventory> = {}): Inventory {
  return anInventory({
    databases: [ORDERS, COURSES],
    recoveryPoints: [
      thePitr(ORDERS),
      aSystemSnapshot(ORDERS),
      aPoint(ORDERS, { createdAt: addDays(NOW, -40), tags: { keep: 'yes' } }),
      aPoint(COURSES),
      aPoint(ORDERS, { id: 'theirs', kind: 'shared_snapshot' }),
      aPoint(ORDERS, {
        id: 'rp',
        kind: 'backup_snapshot',
        arn: 'arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:1',
        vaultArn: vault.arn,
      }),
    ],
    vaults: [vault],
    keys: [aKey(), aKey({ arn: `${aKey().arn}-aws`, manager: 'aws' })],
    ...fields,
  });
}

/** What a config would take of the estate. */
export function intentOf(text: string, fields: Partial<Inventory> = {}): Intent {
  return cleanerIntent(readCleaner(text, 'config.yaml'), anEstate(fields));
}

/** The calls of a config, as `kind identifier`. */
export function callsOf(text: string, fields: Partial<Inventory> = {}): readonly string[] {
  return intentOf(text, fields).actions.map(({ kind, target }) => `${kind} ${target.identifier}`);
}

/** The message of the error that a text raises. */
export function refusal(text: string): string {
  try {
    readCleaner(text, 'config.yaml');
  } catch (error) {
    if (error instanceof MusterError && error.code === 'MUSTER_CLEANER_INVALID') return error.message;
    throw error;
  }
  throw new Error('the text was read');
}

/** An estate of one database. */
export function only(database: Database): Partial<Inventory> {
  return { databases: [database], recoveryPoints: [], vaults: [], keys: [] };
}
