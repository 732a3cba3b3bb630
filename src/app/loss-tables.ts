/**
 * Survivors by loss of some databases, with what one principal may take among the losses when it is known.
 *
 * One table a database, its rows in the order of the losses, the principal's last.
 */

import type { PrincipalAuthority } from '../authority/authority.ts';
import type { Instant } from '../core/time.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { type PRINCIPAL_REACH, principalRows } from '../survival/authority-loss.ts';
import type { LossName } from '../survival/losses.ts';
import { type LossRow, matrixOfEstate } from '../survival/matrix.ts';

/** The rows of one database. */
export interface LossTable {
  readonly identifier: string;
  readonly arn: string;
  readonly rows: readonly LossRow<LossName | typeof PRINCIPAL_REACH>[];
}

/** The tables of the databases named, for the losses named and for whoever's authority is known. */
export function lossTables(
  asked: {
    readonly inventory: Inventory;
    readonly databases: readonly Database[];
    readonly at: Instant;
    readonly losses: readonly LossName[];
  },
  authority: PrincipalAuthority | null,
): readonly LossTable[] {
  const { inventory, databases, at, losses } = asked;
  const matrices = matrixOfEstate(inventory, at, { databases, losses });
  const ofPrincipal = authority === null ? [] : principalRows(inventory, databases, { permits: authority.permits, at });
  return matrices.map(({ database: { identifier, arn }, rows }, index) => {
    const own = ofPrincipal[index];
    return { identifier, arn, rows: own === undefined ? rows : [...rows, own.row] };
  });
}
