/**
 * The eight points a person goes through before a destructive change, each with what was verified, assumed or
 * contradicted.
 *
 * A chain of small assumptions is how this goes wrong, so every assumption is written down as one. A point
 * that is only assumed is `unknown`; it informs the person who decides and forces no verdict by itself.
 */

import type { Permit, PrincipalAuthority } from '../authority/authority.ts';
import { printScope } from '../core/arn.ts';
import type { Instant } from '../core/time.ts';
import type { Intent } from '../intent/action.ts';
import type { Inventory } from '../inventory/model.ts';
import type { ChecklistPoint, DatabaseView, Reason } from './document.ts';
import { verdictOf } from './reason.ts';
import type { ReasonCode } from './reasons.ts';
import { exactPlan, sourceOfTruth } from './source-points.ts';

/** What the checklist is filled in from. */
export interface ChecklistInput {
  readonly intent: Intent;
  readonly inventory: Inventory;
  readonly reasons: readonly Reason[];
  readonly databases: readonly DatabaseView[];
  /** What the asking principal may call; null when nobody asked. */
  readonly authority: PrincipalAuthority | null;
  /** For each judged database, whether that principal may take each survivor that counts away. */
  readonly reach: readonly { readonly identifier: string; readonly permits: readonly Permit[] }[];
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

function environment({ intent, inventory, reasons }: ChecklistInput): ChecklistPoint {
  const point = 'environment_confirmed';
  const unread = messagesOf(reasons, 'scope_not_observed').map((message) => `contradicted: ${message}`);
  if (unread.length > 0) return { point, result: 'fail', evidence: unread };
  if (intent.scope === null) {
    const read = inventory.scopes.map(printScope).join(', ') || 'nothing';
    return { point, result: 'unknown', evidence: [`assumed: the change does not say where it runs; read was ${read}`] };
  }
  const evidence = [`verified: account and region ${printScope(intent.scope)}, by sts:GetCallerIdentity and ARNs`];
  return { point, result: 'pass', evidence };
}

function protection({ reasons, intent, databases }: ChecklistInput): ChecklistPoint {
  const point = 'protection_and_guardrails';
  const skips = intent.actions.filter(
    (action) => 'parameters' in action && action.parameters.skipFinalSnapshot === true,
  );
  const contradicted = [
    ...messagesOf(reasons, 'disarms').map((message) => `contradicted: ${message}`),
    ...skips.map(({ target }) => `contradicted: ${target.identifier} is deleted without a final snapshot`),
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

/** Only what somebody set so that nobody deletes it: a cluster that still has instances is refused too, and guards nothing. */
function isGuard({ code, source }: Reason): boolean {
  return code === 'refused_now' && source === 'deletion_protection_refuses';
}

function backups({ databases, reasons }: ChecklistInput): ChecklistPoint {
  const point = 'backups_and_tested_restore';
  if (databases.length === 0) {
    const seen = has(reasons, 'nothing_at_stake');
    return seen
      ? { point, result: 'pass', evidence: ['verified: no database or recovery point is concerned'] }
      : { point, result: 'unknown', evidence: ['assumed: no database could be matched to the change'] };
  }
  const failing = databases.filter(({ verdict }) => verdict !== 'ready');
  const evidence = databases.map(({ identifier, verdict, survivors }) => {
    const word = verdict === 'ready' ? 'verified' : 'contradicted';
    return `${word}: ${identifier} is ${verdict.replace('_', ' ')} with ${survivors.length} ${survivors.length === 1 ? 'survivor' : 'survivors'}`;
  });
  const result =
    failing.length === 0 ? 'pass' : failing.some(({ verdict }) => verdict === 'not_ready') ? 'fail' : 'unknown';
  return { point, result, evidence };
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
  if (reach.length === 0) {
    evidence.push(
      has(reasons, 'nothing_at_stake')
        ? 'verified: no database or recovery point is concerned'
        : 'assumed: no database could be matched to the change',
    );
  }
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
  ];
  if (why.length === 0) {
    const stopped = verdictOf(reasons) !== 'ready';
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
