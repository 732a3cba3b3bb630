/**
 * The eight points a person goes through before a destructive change, each with what was verified, assumed or
 * contradicted.
 *
 * A chain of small assumptions is how this goes wrong, so every assumption is written down as one. A point
 * that is only assumed is `unknown`; it informs the person who decides and forces no verdict by itself.
 */

import { printScope } from '../core/arn.ts';
import type { Intent } from '../intent/action.ts';
import type { Inventory } from '../inventory/model.ts';
import type { ChecklistPoint, DatabaseView, Reason } from './document.ts';
import { verdictOf } from './reason.ts';
import type { ReasonCode } from './reasons.ts';

/** What the checklist is filled in from. */
export interface ChecklistInput {
  readonly intent: Intent;
  readonly inventory: Inventory;
  readonly reasons: readonly Reason[];
  readonly databases: readonly DatabaseView[];
  /** True when this decision will be kept in a store. */
  readonly logged: boolean;
}

/** The checklist, its points always in the same order. */
export function checklistOf(input: ChecklistInput): readonly ChecklistPoint[] {
  return [
    environment(input),
    sourceOfTruth(input),
    exactPlan(input),
    protection(input),
    backups(input),
    authority(input),
    approval(input),
    logging(input),
  ];
}

function environment({ intent, inventory, reasons }: ChecklistInput): ChecklistPoint {
  const point = 'environment_confirmed';
  const read = inventory.scopes.map(printScope).join(', ');
  if (has(reasons, 'scope_not_observed')) {
    const asked = intent.scope === null ? 'unknown' : printScope(intent.scope);
    return { point, result: 'fail', evidence: [`contradicted: the change runs in ${asked}, read was ${read}`] };
  }
  if (intent.scope === null) {
    return { point, result: 'unknown', evidence: [`assumed: the change does not say where it runs; read was ${read}`] };
  }
  const evidence = [`verified: account and region ${printScope(intent.scope)}, by sts:GetCallerIdentity and ARNs`];
  return { point, result: 'pass', evidence };
}

function sourceOfTruth({ intent, reasons }: ChecklistInput): ChecklistPoint {
  const point = 'source_of_truth';
  const contradictions: readonly ReasonCode[] = [
    'empty_state',
    'create_collides',
    'state_mismatch',
    'target_not_observed',
  ];
  const broken = reasons.filter(({ code }) => contradictions.includes(code));
  if (broken.length > 0) {
    return { point, result: 'fail', evidence: broken.map(({ message }) => `contradicted: ${message}`) };
  }
  if (!intent.stateSeen) return { point, result: 'unknown', evidence: ['assumed: the document carries no state'] };
  const evidence = [
    'verified: every database named is the one that lives, by resource id',
    'assumed: lineage and serial of the state were not shown',
  ];
  return { point, result: 'unknown', evidence };
}

function exactPlan({ intent, reasons }: ChecklistInput): ChecklistPoint {
  const point = 'exact_plan_reviewed';
  const unread = reasons.filter(({ code }) => code === 'change_not_understood' || code === 'errored_plan');
  const evidence = [`verified: judged byte for byte as ${intent.digest}`];
  if (unread.length === 0) return { point, result: 'pass', evidence };
  return { point, result: 'unknown', evidence: [...evidence, ...unread.map(({ message }) => `assumed: ${message}`)] };
}

function protection({ reasons, intent }: ChecklistInput): ChecklistPoint {
  const point = 'protection_and_guardrails';
  const disarmed = reasons.filter(({ code }) => code === 'disarms');
  const skips = intent.actions.filter(
    (action) => 'parameters' in action && action.parameters.skipFinalSnapshot === true,
  );
  const evidence = [
    ...disarmed.map(({ message }) => `contradicted: ${message}`),
    ...skips.map(({ target }) => `contradicted: ${target.identifier} is deleted without a final snapshot`),
    ...reasons.filter(({ code }) => code === 'refused_now').map(({ message }) => `verified: ${message}`),
  ];
  if (evidence.some((line) => line.startsWith('contradicted:'))) return { point, result: 'fail', evidence };
  if (evidence.length > 0) return { point, result: 'pass', evidence };
  return { point, result: 'unknown', evidence: ['assumed: prevent_destroy is not in a plan; no other guard was seen'] };
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

function authority({ inventory }: ChecklistInput): ChecklistPoint {
  const evidence = [
    `assumed: the change runs as ${inventory.principal.arn}, which made the reads`,
    'assumed: what that principal may call was not read',
  ];
  return { point: 'authority_of_principal', result: 'unknown', evidence };
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
  return reasons.some((found) => found.code === code);
}
