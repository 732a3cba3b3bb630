/**
 * In-place updates of modelled types: what weakens protection, and what is sent to AWS for it.
 *
 * Compares what the state holds with what is planned. A protection that is only known after apply is
 * unknown. A blue/green update is read as the deletion that it ends in (see `readBlueGreen`).
 * Source: hashicorp/terraform-provider-aws `internal/service/rds/instance.go`, resourceInstanceUpdate.
 */

import { canonicalJson } from '../../core/canonical.ts';
import type { Action, ProtectionChange, Target } from '../action.ts';
import { type Attributes, isUnknownAfter } from './attributes.ts';
import { type Finding, notUnderstood, worstOf } from './finding.ts';
import { isJsonObject, type JsonObject, memberOf } from './json-text.ts';
import { onlyAddsBackups } from './plan-rules.ts';
import { AUTOMATED_BACKUPS_DELETED_BY_DEFAULT, type OneStep, type Protection } from './protections.ts';
import type { ResourceType } from './resource-type.ts';

/** Both sides of an update; `raw` sides are compared and never passed on. */
export interface UpdateSides {
  readonly before: Attributes;
  readonly after: Attributes;
  readonly afterUnknown: unknown;
  readonly rawBefore: JsonObject | null;
  readonly rawAfter: JsonObject | null;
}

/**
 * What an in-place update amounts to.
 *
 * @param target Null when the document does not name the resource.
 */
export function readUpdate(row: ResourceType, target: Target | null, address: string, sides: UpdateSides): Finding {
  if (!sides.before.present || !sides.after.present) {
    return notUnderstood(target ?? address, 'the plan does not say what this update changes');
  }
  if (row.type === 'aws_db_instance') {
    const blueGreen = readBlueGreen(target, address, sides);
    if (blueGreen) return blueGreen;
  }
  const moves = row.protections.map((protection) => ({ protection, move: moveOf(protection, sides) }));
  const findings: Finding[] = [];
  for (const { protection, move } of moves) {
    if (move === 'unknown') {
      findings.push(notUnderstood(target ?? address, `${protection.attribute} is only known after apply`));
    }
    if (move === 'weaker') findings.push({ class: 'disarm', steps: [] });
  }
  const sent = moves.filter(({ move }) => move === 'weaker' || move === 'stronger');
  const steps = sentSteps(row, target, sides, sent);
  if (steps === null) findings.push(notUnderstood(address, 'the plan does not name what it modifies'));
  return worstOf([...findings, { class: 'update', steps: steps ?? [] }]);
}

type Move = 'none' | 'weaker' | 'stronger' | 'unknown';

function moveOf(protection: Protection, sides: UpdateSides): Move {
  const { attribute } = protection;
  if (isUnknownAfter(sides.afterUnknown, attribute)) return 'unknown';
  switch (protection.kind) {
    case 'flag': {
      const before = sides.before.flag(attribute) ?? protection.unset;
      const after = sides.after.flag(attribute) ?? protection.unset;
      if (before === after) return 'none';
      return after === protection.weak ? 'weaker' : 'stronger';
    }
    case 'number': {
      const before = sides.before.number(attribute) ?? protection.unset;
      const after = sides.after.number(attribute) ?? protection.unset;
      if (before === after) return 'none';
      if (before === null || after === null) return 'unknown';
      return after < before ? 'weaker' : 'stronger';
    }
    case 'texts': {
      const after = new Set(sides.after.texts(attribute));
      return (sides.before.texts(attribute) ?? []).some((item) => !after.has(item)) ? 'weaker' : 'none';
    }
    case 'rules': {
      const [before, after] = [valueAt(sides.rawBefore, attribute), valueAt(sides.rawAfter, attribute)];
      return canonicalJson(before) === canonicalJson(after) || onlyAddsBackups(before, after) ? 'none' : 'weaker';
    }
    case 'opaque':
      return printed(sides.rawBefore, attribute) === printed(sides.rawAfter, attribute) ? 'none' : 'weaker';
  }
}

const DATABASE_TYPES: readonly string[] = ['aws_db_instance', 'aws_rds_cluster'];

/**
 * The calls behind the moves. A raised value is sent too: it may still lower what AWS has by now, when the
 * state is stale.
 *
 * @returns Null when there is something to send and nothing to send it to.
 */
function sentSteps(
  row: ResourceType,
  target: Target | null,
  { after, afterUnknown }: UpdateSides,
  moved: readonly { readonly protection: Protection; readonly move: Move }[],
): Action[] | null {
  const sends = new Set(moved.map(({ protection }) => protection.sends));
  const alone = new Set(moved.flatMap(({ protection, move }) => (move === 'weaker' ? oneStep(protection) : [])));
  const modifies = sends.has('modify_protection') || sends.has('modify_retention');
  // What changes in state alone sends nothing; the modification still names the database whose deletion it changes.
  const changesDatabase = DATABASE_TYPES.includes(row.type) && moved.length > 0;
  if (alone.size === 0 && !modifies && !changesDatabase) return [];
  if (target === null) return null;
  const steps: Action[] = [...alone].map((kind) => ({ kind, target }));
  if (!modifies && !changesDatabase) return steps;
  const retentionDays = sends.has('modify_retention') ? after.number('backup_retention_period') : null;
  const moves = (attribute: string) => moved.some(({ protection }) => protection.attribute === attribute);
  const change: ProtectionChange = {
    ...(sends.has('modify_protection') && { deletionProtection: after.flag('deletion_protection') ?? false }),
    ...(retentionDays !== null && { retentionDays }),
    ...(modifies &&
      !isUnknownAfter(afterUnknown, 'apply_immediately') && {
        applyImmediately: after.flag('apply_immediately') ?? false,
      }),
    ...(moves('skip_final_snapshot') && { skipFinalSnapshot: after.flag('skip_final_snapshot') ?? false }),
    ...(moves('delete_automated_backups') && {
      deleteAutomatedBackups: after.flag('delete_automated_backups') ?? AUTOMATED_BACKUPS_DELETED_BY_DEFAULT,
    }),
  };
  return [
    ...steps,
    { kind: row.type === 'aws_rds_cluster' ? 'modify_db_cluster' : 'modify_db_instance', target, change },
  ];
}

function oneStep({ sends }: Protection): OneStep[] {
  return sends === 'modify_protection' || sends === 'modify_retention' || sends === 'nothing' ? [] : [sends];
}

/** Changes that the provider makes without a blue/green deployment even when one is asked for. */
const WITHOUT_DEPLOYMENT = new Set([
  ...['allow_major_version_upgrade', 'blue_green_update', 'delete_automated_backups', 'final_snapshot_identifier'],
  ...['replicate_source_db', 'skip_final_snapshot', 'tags', 'tags_all', 'deletion_protection', 'password'],
]);

/**
 * A blue/green update deletes the old instance: after the switchover the provider turns its protection off
 * and calls DeleteDBInstance with SkipFinalSnapshot=true and no DeleteAutomatedBackups, hence AWS's default
 * of true. The plan shows an update only.
 *
 * It is read as exactly that deletion, of the resource id in state. The rows live on in the new instance, so
 * this is harsher than the truth about the data; it is the truth about the recovery points, since the old
 * restore window goes and the new instance starts with an empty one. A milder reading ("an update") would
 * call a lost window nothing, so the harsher one stands and a person looks at it.
 *
 * @returns Null when the update needs no deployment.
 */
function readBlueGreen(target: Target | null, address: string, sides: UpdateSides): Finding | null {
  const { rawBefore, rawAfter, afterUnknown } = sides;
  if (isUnknownAfter(afterUnknown, 'blue_green_update')) {
    return notUnderstood(target ?? address, 'blue_green_update is only known after apply');
  }
  if (!asksForBlueGreen(rawAfter)) return null;
  const deploys = Object.keys({ ...rawBefore, ...rawAfter }).some(
    (name) =>
      !WITHOUT_DEPLOYMENT.has(name) &&
      (isUnknownAfter(afterUnknown, name) || printed(rawBefore, name) !== printed(rawAfter, name)),
  );
  if (!deploys) return null;
  if (target === null) return { ...notUnderstood(address, 'the plan does not name what it deletes'), class: 'destroy' };
  const parameters = {
    skipFinalSnapshot: true,
    finalSnapshotId: null,
    deleteAutomatedBackups: true,
    disarmsProtection: true,
  };
  return { class: 'destroy', steps: [{ kind: 'delete_db_instance', target, parameters }] };
}

function asksForBlueGreen(after: JsonObject | null): boolean {
  const blocks = after && memberOf(after, 'blue_green_update');
  const block: unknown = Array.isArray(blocks) ? blocks[0] : blocks;
  return isJsonObject(block) && memberOf(block, 'enabled') === true;
}

function printed(object: JsonObject | null, name: string): string {
  return canonicalJson(valueAt(object, name));
}

/** Null where the document has null or nothing. */
function valueAt(object: JsonObject | null, name: string): unknown {
  return (object && memberOf(object, name)) ?? null;
}
