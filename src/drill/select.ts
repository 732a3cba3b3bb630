/**
 * Which databases a drill is about: those that a definition picks, or the one that somebody names.
 *
 * A selector picks by facts, all of which must hold; what AWS does not say never holds, and is told apart from what is
 * known not to. By name a database that is gone can be meant too, as long as something of it is left to restore. A
 * scratch of an earlier drill is nobody's production and is never picked.
 */

import type { Scope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import type { Database, Inventory, RecoveryPoint } from '../inventory/model.ts';
import type { DrillDefinition } from './definition.ts';
import { SCRATCH_PREFIX } from './guard.ts';

/** What is to come back: a database, or one that is gone and left something behind. */
export interface DrillSubject extends Scope {
  readonly resourceId: string;
  readonly identifier: string;
  readonly engine: string;
  /** Null when it is gone. */
  readonly database: Database | null;
}

/** What a selector makes of an inventory. */
export interface Selection {
  readonly chosen: readonly Database[];
  /** Not picked, because a fact that the selector asks for is not known. */
  readonly undecided: readonly { readonly database: Database; readonly unknown: readonly string[] }[];
}

/** A drill's subject that still stands. */
export function subjectOf(database: Database): DrillSubject {
  const { accountId, region, resourceId, identifier, engine } = database;
  return { accountId, region, resourceId, identifier, engine, database };
}

/** The databases that a definition picks, in the order of the inventory. */
export function selectDatabases(selector: DrillDefinition['databases'], databases: readonly Database[]): Selection {
  if (Object.values(selector).every((wanted) => wanted === undefined)) return { chosen: [], undecided: [] };
  const looked = databases
    .filter(({ identifier }) => !identifier.startsWith(SCRATCH_PREFIX))
    .map((database) => ({ database, held: factsHeld(selector, database) }));
  return {
    chosen: looked.filter(({ held }) => held.every(([, holds]) => holds === true)).map(({ database }) => database),
    undecided: looked
      .filter(({ held }) => held.some(([, holds]) => holds === null) && held.every(([, holds]) => holds !== false))
      .map(({ database, held }) => ({
        database,
        unknown: held.filter(([, holds]) => holds === null).map(([fact]) => fact),
      })),
  };
}

/** Each fact that is asked for, and whether it holds; null when AWS does not say. */
function factsHeld(
  selector: DrillDefinition['databases'],
  database: Database,
): readonly (readonly [fact: string, holds: boolean | null])[] {
  const { identifier, engine, account, region, tags, storageGibMin, multiAz, connectionsMin, hasReplicas } = selector;
  return [
    ['identifier', identifier?.some((glob) => matchesGlob(glob, database.identifier)) ?? true],
    ['engine', engine?.includes(database.engine) ?? true],
    ['account', account?.includes(database.accountId) ?? true],
    ['region', region?.includes(database.region) ?? true],
    ['tags', Object.entries(tags ?? {}).every(([key, value]) => database.tags[key] === value)],
    ['storageGibMin', reaches(database.storageGib, storageGibMin)],
    ['multiAz', multiAz === undefined || database.multiAz === multiAz],
    ['connectionsMin', reaches(database.connectionsMax, connectionsMin)],
    ['hasReplicas', hasReplicas === undefined || database.replicas.length > 0 === hasReplicas],
  ];
}

function reaches(figure: number | null, min: number | undefined): boolean | null {
  if (min === undefined) return true;
  return figure === null ? null : figure >= min;
}

function matchesGlob(glob: string, name: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return name === glob;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

/**
 * The one thing of that identifier, resource id or ARN: a database, or one that is gone and left recovery points.
 *
 * @throws MusterError `MUSTER_DATABASE_NOT_FOUND` when there is none, or more than one.
 */
export function findSubject(inventory: Inventory, name: string): DrillSubject {
  const standing = inventory.databases
    .filter((database) => [database.identifier, database.resourceId, database.arn].includes(name))
    .map(subjectOf);
  const found = standing.length > 0 ? standing : goneSubjects(inventory, name);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only !== undefined) {
    const ids = found.map(({ resourceId }) => resourceId).join(', ');
    throw new MusterError(
      'MUSTER_DATABASE_NOT_FOUND',
      `${found.length} databases are called ${name}: name one of ${ids}`,
    );
  }
  const known = inventory.databases.map(({ identifier }) => identifier).join(', ') || 'none';
  throw new MusterError(
    'MUSTER_DATABASE_NOT_FOUND',
    `no database is called ${name}, and none that is gone left anything to restore; known: ${known}`,
  );
}

function goneSubjects({ databases, recoveryPoints }: Inventory, name: string): readonly DrillSubject[] {
  const standing = new Set(databases.map(({ resourceId }) => resourceId));
  const subjects = new Map<string, DrillSubject>();
  for (const point of recoveryPoints) {
    const { databaseResourceId, databaseIdentifier } = point;
    if (databaseResourceId === null || standing.has(databaseResourceId) || subjects.has(databaseResourceId)) continue;
    if (databaseResourceId === name || databaseIdentifier === name) {
      subjects.set(databaseResourceId, goneSubject(point, databaseResourceId));
    }
  }
  return [...subjects.values()];
}

function goneSubject(
  { accountId, region, databaseIdentifier, engine }: RecoveryPoint,
  resourceId: string,
): DrillSubject {
  return { accountId, region, resourceId, identifier: databaseIdentifier, engine, database: null };
}
