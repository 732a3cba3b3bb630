/**
 * Reasons beside the requirement: what the gaps may hide, and what a person should know though it forces nothing.
 *
 * A gap has a direction: one that may hide survivors softens "not ready" to "unknown"; one that may hide a threat
 * spoils "ready".
 */

import type { Scope } from '../core/arn.ts';
import { type Instant, latest } from '../core/time.ts';
import type { Database, Gap } from '../inventory/model.ts';
import { RULES, type RuleCode } from '../survival/rules.ts';
import { pointsOf } from '../survival/survive.ts';
import type { World } from '../survival/world.ts';
import type { Case } from './case.ts';
import type { Reason } from './document.ts';
import { reason } from './reason.ts';
import type { ReasonCode } from './reasons.ts';
import type { Survivor } from './survivors.ts';

const CLEARED_BY_SURVIVORS: readonly ReasonCode[] = [
  'no_survivor',
  'survivor_only_in_plan',
  'survivors_end_too_soon',
  'survivors_too_near',
  'loss_not_survived',
  'retention_too_short',
  'data_loss_exceeded',
];

/** The reasons with the gaps of the database's account weighed in. */
export function withGaps(reasons: readonly Reason[], gaps: readonly Gap[], database: Database): readonly Reason[] {
  const hiding = survivorGaps(gaps, database);
  const names = hiding.map(({ what }) => what).join(', ');
  const softened = reasons.map((found) =>
    hiding.length > 0 && CLEARED_BY_SURVIVORS.includes(found.code)
      ? reason('gap_hides_survivors', `${found.message}, but ${names} could not be read`, { remedy: found.remedy })
      : found,
  );
  return [...softened, ...threatReasons(gaps.filter((gap) => isThreat(gap) && isAt(gap, database)))];
}

/** The gaps that may hide survivors of a database. */
export function survivorGaps(gaps: readonly Gap[], { accountId }: Scope): readonly Gap[] {
  return gaps.filter(({ hides, where }) => hides === 'survivors' && where.accountId === accountId);
}

/** The gaps that may hide what takes a survivor away, where one lies apart from the database. */
export function threatsAbroad(gaps: readonly Gap[], database: Database, counted: readonly Survivor[]): readonly Gap[] {
  return gaps.filter(
    (gap) => isThreat(gap) && !isAt(gap, database) && counted.some((survivor) => isAt(gap, survivor.scope)),
  );
}

/** That gaps may hide a threat. */
export function threatReasons(threats: readonly Gap[]): readonly Reason[] {
  return threats.map(({ what, action, cause }) =>
    reason('gap_hides_threats', `${what} could not be read (${action}: ${cause})`),
  );
}

/** True when a gap speaks of this place. */
export function isAt({ where }: Gap, { accountId, region }: Scope): boolean {
  return where.accountId === accountId && where.region === region;
}

/**
 * A key whose state was not read already leaves its own points unknown; it says nothing about others. A restore test that
 * was not read takes nothing away either: it is evidence, and what is not proven otherwise stays unproven.
 */
function isThreat({ hides, action }: Gap): boolean {
  return hides === 'threats' && !action.startsWith('kms:') && action !== 'backup:ListRestoreJobs';
}

/** What a person should know besides. */
export function sideReasons(input: Case, counted: readonly Survivor[]): readonly Reason[] {
  return [...unreadableReasons(input), ...lostReasons(input), ...refusalReasons(input), ...expiryReasons(counted)];
}

/** The things a restore of this database needs that the change deletes, in words. */
export function prerequisitesLost({ database, survival }: Case): readonly string[] {
  const uses = (name: string) =>
    name === database.subnetGroup ||
    name === database.parameterGroup ||
    database.optionGroups.includes(name) ||
    database.securityGroupIds.includes(name);
  return survival.after.prerequisitesLost
    .filter((lost) => (lost.prerequisite === 'secret' ? mayNeed(database, lost, survival.before) : uses(lost.name)))
    .map(({ prerequisite, name }) => `${prerequisite.replaceAll('_', ' ')} ${name}`);
}

type Lost = World['prerequisitesLost'][number];

/** A secret that RDS keeps is one database's; any other may hold the password of whichever has none that RDS keeps. */
function mayNeed({ managedSecretArn }: Database, secret: Lost, { databases }: World): boolean {
  if (managedSecretArn !== null) return isSecret(managedSecretArn, secret);
  return !databases.some(
    ({ database }) => database.managedSecretArn !== null && isSecret(database.managedSecretArn, secret),
  );
}

/** A secret's ARN ends in a dash and six characters that its name does not have. Source: AWS Secrets Manager API. */
function isSecret(secretArn: string, { arn, name }: Lost): boolean {
  const [, full = ''] = secretArn.split(':secret:');
  return arn === secretArn || name === secretArn || name === full || name === full.replace(/-[A-Za-z0-9]{6}$/, '');
}

function unreadableReasons({ database, survival }: Case): readonly Reason[] {
  const ids = pointsOf(survival.after, database)
    .filter(({ fate, point }) => fate.word === 'unreadable' && point.kind !== 's3_export')
    .map(({ point }) => point.id);
  if (ids.length === 0) return [];
  return [reason('survivors_unreadable', `these remain but no restore can use them: ${ids.join(', ')}`)];
}

function lostReasons(input: Case): readonly Reason[] {
  const lost = prerequisitesLost(input);
  if (lost.length === 0) return [];
  return [reason('prerequisites_lost', `a restore needs these, and they go too: ${lost.join(', ')}`)];
}

/** Rules by which AWS refuses a deletion; others that an effect cites say how it goes through. */
const REFUSING: readonly RuleCode[] = [
  'deletion_protection_refuses',
  'global_member_refuses_deletion',
  'stopped_cluster_refuses',
  'cluster_still_has_members',
  'aws_backup_refuses_deletion',
  'retained_backup_quota_full',
  'final_snapshot_unnamed',
  'final_snapshot_name_taken',
  'final_snapshot_contradicts_skip',
  'final_snapshot_needs_available',
  'final_snapshot_needs_key',
  'final_snapshot_quota_full',
  'final_snapshot_impossible_for_replica',
  'final_snapshot_impossible_for_member',
];

function refusalReasons({ database, survival }: Case): readonly Reason[] {
  const rules = survival.effects
    .filter(({ databaseResourceId, action }) => databaseResourceId === database.resourceId && isDeletion(action.kind))
    .flatMap(({ rule }) => rule ?? [])
    .filter((rule) => REFUSING.includes(rule));
  return [...new Set<RuleCode>(rules)].map((rule) => {
    const why = `AWS would refuse to delete ${database.identifier} now, which one more call lifts, so it counts for nothing`;
    return reason('refused_now', `${why}: ${RULES[rule].statement}`, { source: rule });
  });
}

function isDeletion(kind: string): boolean {
  return kind === 'delete_db_instance' || kind === 'delete_db_cluster';
}

function expiryReasons(counted: readonly Survivor[]): readonly Reason[] {
  const ends = counted.flatMap(({ view }) => view.expiresAt ?? []);
  if (ends.length === 0 || ends.length < counted.length) return [];
  const last = ends.reduce<Instant>(latest, ends[0] as Instant);
  return [reason('last_survivor_expires', `every survivor ends by itself, the last at ${last}`)];
}
