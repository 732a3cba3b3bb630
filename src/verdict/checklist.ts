/**
 * The eight points a person goes through before a destructive change, each with what was verified, assumed or
 * contradicted.
 *
 * A chain of small assumptions is how this goes wrong, so every assumption is written down as one. A point
 * that is only assumed is `unknown`; it informs the person who decides and forces no verdict by itself.
 */

import type { Permit, PrincipalAuthority } from '../authority/authority.ts';
import { parseArn, printScope } from '../core/arn.ts';
import type { Instant } from '../core/time.ts';
import type { Intent } from '../intent/action.ts';
import type { Inventory } from '../inventory/model.ts';
import type { Effect } from '../survival/step.ts';
import type { ChecklistPoint, DatabaseView, Reason } from './document.ts';
import { verdictOf } from './reason.ts';
import type { ReasonCode } from './reasons.ts';
import { exactPlan, sourceOfTruth } from './source-points.ts';

/** What the checklist is filled in from. */
export interface ChecklistInput {
  readonly intent: Intent;
  /** What each action of the change does, in their order. */
  readonly effects: readonly Effect[];
  readonly inventory: Inventory;
  readonly reasons: readonly Reason[];
  readonly databases: readonly DatabaseView[];
  /** What the asking principal may call; null when nobody asked. */
  readonly authority: PrincipalAuthority | null;
  /** For each judged database, whether that principal may take each survivor that counts away. */
  readonly reach: readonly { readonly identifier: string; readonly permits: readonly Permit[] }[];
  /** True when the policy says which account is which environment. */
  readonly namesEnvironments: boolean;
  /** When the state behind the change was last seen to be this one; null when it was not. */
  readonly stateKnownSince: Instant | null;
  /** True when this decision will be kept in a store. */
  readonly logged: boolean;
}

/** The checklist, its points always in the same order. */
export function checklistOf(input: ChecklistInput): readonly ChecklistPoint[] {
  const points = [
    environment(input),
    sourceOfTruth(input),
    exactPlan(input),
    protection(input),
    backups(input),
    authority(input),
    approval(input),
    logging(input),
  ];
  // A reason may stand beside the change and beside several databases; as evidence it is said once.
  return points.map((filled) => ({ ...filled, evidence: [...new Set(filled.evidence)] }));
}

function environment({ intent, inventory, reasons, databases, namesEnvironments }: ChecklistInput): ChecklistPoint {
  const point = 'environment_confirmed';
  const unread = messagesOf(reasons, 'scope_not_observed').map((message) => `contradicted: ${message}`);
  if (unread.length > 0) return { point, result: 'fail', evidence: unread };
  if (intent.scope === null) {
    const read = inventory.scopes.map(printScope).join(', ') || 'nothing';
    return { point, result: 'unknown', evidence: [`assumed: the change does not say where it runs; read was ${read}`] };
  }
  const evidence = [
    `verified: account and region ${printScope(intent.scope)}, by sts:GetCallerIdentity and ARNs`,
    ...(namesEnvironments ? databases.flatMap(stageEvidence) : []),
  ];
  return { point, result: evidence.some((line) => line.startsWith('assumed:')) ? 'unknown' : 'pass', evidence };
}

/** The stage follows from the account, by the policy. */
function stageEvidence({ environment = null, arn }: DatabaseView): readonly string[] {
  const account = parseArn(arn)?.accountId ?? 'its account';
  if (environment === null) return [`assumed: the policy says of no environment that account ${account} belongs to it`];
  const { name, sandbox } = environment;
  return [`verified: account ${account} is ${name}${sandbox ? ', a sandbox' : ''}, by the policy`];
}

function protection({ reasons, effects, databases }: ChecklistInput): ChecklistPoint {
  const point = 'protection_and_guardrails';
  const skips = effects.filter((effect) => skipsFinal(effect) && mayLoseData(effect, databases));
  const contradicted = [
    ...messagesOf(reasons, 'disarms').map((message) => `contradicted: ${message}`),
    ...skips.map(({ action }) => `contradicted: ${action.target.identifier} is deleted without a final snapshot`),
  ];
  const verified = reasons.filter(isGuard).map(({ message }) => `verified: ${message}`);
  if (contradicted.length > 0) return { point, result: 'fail', evidence: [...contradicted, ...verified] };
  if (verified.length === 0) {
    const evidence = ['assumed: prevent_destroy is not in a plan; no other guard was seen'];
    return { point, result: 'unknown', evidence };
  }
  // A guard on one database says nothing about the next.
  const bare = databases.filter((database) => !database.reasons.some(isGuard));
  const assumed = bare.map(({ identifier }) => `assumed: no guard of ${identifier} was seen`);
  return { point, result: assumed.length > 0 ? 'unknown' : 'pass', evidence: [...verified, ...assumed] };
}

function skipsFinal({ action }: Effect): boolean {
  return 'parameters' in action && action.parameters.skipFinalSnapshot === true;
}

/** A replica whose source lives, and a cluster's instance, go without anything of theirs being lost; of the unseen nobody knows. */
function mayLoseData({ rule, databaseResourceId }: Effect, databases: readonly DatabaseView[]): boolean {
  if (rule === 'member_deletion_keeps_volume') return false;
  return databaseResourceId === null || databases.some(({ resourceId }) => resourceId === databaseResourceId);
}

/** Only what somebody set so that nobody deletes it: a cluster that still has instances is refused too, and guards nothing. */
function isGuard({ code, source }: Reason): boolean {
  return code === 'refused_now' && source === 'deletion_protection_refuses';
}

function backups({ databases, reasons }: ChecklistInput): ChecklistPoint {
  const point = 'backups_and_tested_restore';
  if (databases.length === 0) {
    const line = noneConcerned(reasons);
    return { point, result: line.startsWith('verified:') ? 'pass' : 'unknown', evidence: [line] };
  }
  const failing = databases.filter(({ verdict }) => verdict !== 'ready');
  const stale = has(reasons, 'inventory_stale');
  const evidence = databases.map((view) => readinessLine(view, stale));
  const passed = reasons.filter(isLetPass).map(({ message }) => `assumed: ${message}`);
  const open = stale || passed.length > 0 || failing.length > 0;
  const result = failing.some(({ verdict }) => verdict === 'not_ready') ? 'fail' : open ? 'unknown' : 'pass';
  return { point, result, evidence: [...evidence, ...passed] };
}

/** What an inventory of another moment shows is neither verified nor contradicted by it. */
function readinessLine({ identifier, verdict, survivors }: DatabaseView, stale: boolean): string {
  const found = `${survivors.length} ${survivors.length === 1 ? 'survivor' : 'survivors'}`;
  if (stale && verdict !== 'not_ready') return `assumed: ${identifier} has ${found}, ${BY_STALE}`;
  const word = { ready: 'verified', unknown: 'assumed', not_ready: 'contradicted' }[verdict];
  return `${word}: ${identifier} is ${verdict.replace('_', ' ')} with ${found}`;
}

const BY_STALE = 'by an inventory of another time than the one judged';

/** What to say where no database is shown: none is concerned, or none was found. */
function noneConcerned(reasons: readonly Reason[]): string {
  if (!has(reasons, 'nothing_at_stake')) return 'assumed: no database could be matched to the change';
  const none = 'no database or recovery point is concerned';
  return has(reasons, 'inventory_stale') ? `assumed: ${none}, ${BY_STALE}` : `verified: ${none}`;
}

/** What somebody, or the policy, let pass without having seen it. */
function isLetPass(found: Reason): boolean {
  return isWaived(found) || found.code === 'proof_advisory';
}

/** A shortfall that somebody let pass is still one. */
function isWaived({ code }: Reason): boolean {
  return code === 'waived' || code === 'waived_unknown';
}

function authority({ inventory, authority: known, reach, reasons }: ChecklistInput): ChecklistPoint {
  const point = 'authority_of_principal';
  if (known === null) {
    const evidence = [
      `assumed: the change runs as ${inventory.principal.arn}, which made the reads`,
      'assumed: what that principal may call was not read',
    ];
    return { point, result: 'unknown', evidence };
  }
  const evidence = [...originOf(known), ...reach.flatMap(reachEvidence)];
  if (reach.length === 0) evidence.push(noneConcerned(reasons));
  const says = (word: string) => evidence.some((line) => line.startsWith(word));
  return { point, result: says('contradicted:') ? 'fail' : says('assumed:') ? 'unknown' : 'pass', evidence };
}

function originOf({ principal, origin, source, gaps }: PrincipalAuthority): readonly string[] {
  const who = principal ?? 'the principal';
  if (origin === 'policy_file') return [`assumed: ${source} holds everything that ${who} is allowed`];
  if (gaps.length === 0) return [`verified: what ${who} may call was asked by ${source}`];
  return gaps.map(({ what, action, cause }) => `assumed: ${what} was not read (${action}: ${cause})`);
}

function reachEvidence({ identifier, permits }: ChecklistInput['reach'][number]): readonly string[] {
  const out = permits.filter((permit) => permit === 'denied').length;
  const of = `${permits.length} ${permits.length === 1 ? 'survivor' : 'survivors'} of ${identifier}`;
  if (permits.length === 0) return [`contradicted: ${identifier} has no survivor that it could leave alone`];
  if (out > 0) return [`verified: ${out} of ${of} ${out === 1 ? 'is' : 'are'} out of its reach`];
  if (permits.every((permit) => permit === 'allowed')) return [`contradicted: it may take away each of ${of}`];
  return [`assumed: nothing read keeps it from taking away each of ${of}`];
}

function approval({ intent, databases, reasons }: ChecklistInput): ChecklistPoint {
  const point = 'human_approval';
  const why = [
    ...(databases.length > 0 ? ['irreversible database action'] : []),
    ...(intent.changes.some((change) => change.class === 'destroy' || change.class === 'other_destroy')
      ? ['destructive']
      : []),
    ...(intent.changes.some((change) => change.class === 'disarm') ? ['weakens protection'] : []),
    ...(intent.changes.some((change) => change.class === 'unknown') ? ['not understood'] : []),
    ...[...new Set(databases.flatMap(outsideSandbox))],
    ...(reasons.some(isWaived) ? ['rests on a waiver'] : []),
  ];
  const stopped = verdictOf(reasons) !== 'ready';
  // What destroys things, and nobody's data among them, is let through without a person.
  const allowed = !stopped && has(reasons, 'nothing_at_stake');
  if (why.length === 0 || allowed) {
    const word = stopped
      ? 'contradicted: this is to be stopped, not approved'
      : 'verified: nothing here needs a person';
    return { point, result: stopped ? 'fail' : 'pass', evidence: [word] };
  }
  return {
    point,
    result: 'unknown',
    evidence: [`assumed: a person must still approve (${why.join(', ')}); no receipt was shown`],
  };
}

function outsideSandbox({ environment = null }: DatabaseView): readonly string[] {
  return environment === null || environment.sandbox ? [] : [`in ${environment.name}, which is no sandbox`];
}

function logging({ logged }: ChecklistInput): ChecklistPoint {
  const point = 'action_path_logged';
  if (logged) return { point, result: 'pass', evidence: ['verified: this decision is kept in the store'] };
  return { point, result: 'unknown', evidence: ['assumed: this decision was not kept'] };
}

function has(reasons: readonly Reason[], code: ReasonCode): boolean {
  return messagesOf(reasons, code).length > 0;
}

function messagesOf(reasons: readonly Reason[], code: ReasonCode): readonly string[] {
  return reasons.filter((found) => found.code === code).map(({ message }) => message);
}
