/**
 * What a drill of Muster's made is no part of an inventory: a copy it brought is gone within the hour, a scratch is nobody's.
 *
 * Pure. The door through which every inventory goes, read now or saved before. To leave out a recovery point can only make a
 * verdict worse, so one mark is enough; to leave out a database hides what must be judged, so it takes the name and the tag,
 * and a production database that bears one of them stays. The quotas that AWS counts are left as they are.
 */

import type { Database, RecoveryPoint } from './model.ts';
import { residentKey } from './one-each.ts';

/** The marks that the scratch guard puts on what a drill makes; a test holds them equal to the guard's own. */
export const OWN_MARKS = { prefix: 'muster-scratch-', tag: 'muster:scratch' } as const;

interface Listed {
  readonly databases: readonly Database[];
  readonly recoveryPoints: readonly RecoveryPoint[];
}

/** The same without the scratches and copies of drills, and without what AWS backs up of a scratch. */
export function withoutScratches<T extends Listed>(listed: T): T {
  const scratches = new Set(
    listed.databases.filter(isScratch).map((database) => residentKey(database, database.resourceId)),
  );
  return {
    ...listed,
    databases: listed.databases.filter((database) => !isScratch(database)),
    recoveryPoints: listed.recoveryPoints.filter(
      (point) => !isOwnCopy(point) && !scratches.has(residentKey(point, point.databaseResourceId)),
    ),
  };
}

function isScratch({ identifier, tags }: Database): boolean {
  return identifier.startsWith(OWN_MARKS.prefix) && OWN_MARKS.tag in tags;
}

/** A live database's own backup bears the database's tags; whether it counts is for the database to say. */
function isOwnCopy({ id, kind, tags }: RecoveryPoint): boolean {
  return kind !== 'pitr' && (id.startsWith(OWN_MARKS.prefix) || OWN_MARKS.tag in tags);
}
