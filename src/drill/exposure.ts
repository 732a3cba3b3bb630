/**
 * Whether a scratch can be reached from where it must not be.
 *
 * A restore asks for private and names its groups; what AWS made of it is looked at all the same, before any data can
 * be asked for. Source: aws-backup-facts.md 4.2.
 */

import type { DrillPlan } from './drill-plan.ts';
import type { ScratchKind } from './model.ts';

/** What AWS shows of a scratch's network. */
export interface Exposable {
  readonly kind: ScratchKind;
  readonly id: string;
  readonly publiclyAccessible: boolean | null;
  readonly securityGroupIds: readonly string[];
}

/** Why the scratch must not stand, in words; null when nothing speaks against it. */
export function exposureOf(seen: Exposable, { database }: Pick<DrillPlan, 'database'>): string | null {
  if (seen.publiclyAccessible === true) return `${seen.id} can be reached from the internet`;
  // Of an Aurora cluster AWS never says: its instances are public or not.
  if (seen.publiclyAccessible === null && seen.kind === 'instance')
    return `AWS does not say whether ${seen.id} can be reached from the internet`;
  const shared = seen.securityGroupIds.filter((group) => database.securityGroupIds.includes(group));
  return shared.length === 0
    ? null
    : `${seen.id} stands in ${shared.join(', ')}, a security group of production; name scratch.securityGroups in the definition`;
}
