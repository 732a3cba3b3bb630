/**
 * Asks IAM what a principal may call, by simulating its policies; nothing is called but the simulation.
 *
 * Calls on the same things are asked together, a bounded number of answers at a time, each listing read to its end.
 * Whatever is refused, cut short or not understood leaves its calls without an answer, and becomes one gap.
 * Source: AWS IAM API 2010-05-08, SimulatePrincipalPolicy (one EvaluationResult an action, the decision on each thing
 * in its ResourceSpecificResults; MatchedStatements leaves out those of service control policies).
 */

import type { SimulatePrincipalPolicyCommandInput } from '@aws-sdk/client-iam';
import * as z from 'zod';
import type { AuthorityReader, Simulation } from '../../app/ports.ts';
import type { Call } from '../../authority/authority.ts';
import type { SimulatedAnswer } from '../../authority/simulated.ts';
import { parseArn, type Scope } from '../../core/arn.ts';
import type { Clients } from './clients.ts';
import { observe } from './listing.ts';

/** Answers of one simulation: far below what one request may hold, and quick to evaluate. */
const PAIRS_MAX = 200;
const RESOURCES_MAX = 50;

const decision = z.enum(['allowed', 'explicitDeny', 'implicitDeny']);
const grounds = {
  MatchedStatements: z.array(z.unknown()).nullish(),
  MissingContextValues: z.array(z.string()).nullish(),
};
const evaluation = z.object({
  EvalActionName: z.string(),
  EvalDecision: decision,
  ...grounds,
  OrganizationsDecisionDetail: z.object({ AllowedByOrganizations: z.boolean().nullish() }).nullish(),
  ResourceSpecificResults: z
    .array(z.object({ EvalResourceName: z.string(), EvalResourceDecision: decision, ...grounds }))
    .nullish(),
});
type Evaluation = z.infer<typeof evaluation>;

/** A reader of the account that the clients are set up for. */
export function createAuthorityReader(clients: Clients): AuthorityReader {
  return {
    simulate: async (identity, calls): Promise<Simulation> => {
      const iam = await clients.iam();
      const { SimulatePrincipalPolicyCommand } = await import('@aws-sdk/client-iam');
      const where: Scope = { accountId: parseArn(identity)?.accountId ?? 'unknown', region: await clients.region() };
      const answers: SimulatedAnswer[] = [];
      for (const batch of batchesOf(calls)) {
        const { values, gaps } = await observe({
          scope: where,
          action: 'iam:SimulatePrincipalPolicy',
          what: `what ${identity} may call`,
          hides: 'threats',
          schema: evaluation,
          fetchPage: async (marker) => {
            const answer = await iam.send(new SimulatePrincipalPolicyCommand(inputOf(identity, batch, marker)));
            return { items: answer.EvaluationResults, next: answer.IsTruncated ? answer.Marker : undefined };
          },
        });
        answers.push(...values.flatMap((value) => answersOf(value, batch)));
        // What is refused once is refused for every batch; what it would have answered stays unknown.
        if (gaps.length > 0) return { answers, gaps };
      }
      return { answers, gaps: [] };
    },
  };
}

/** Actions that are all asked of the same things; null for the one thing that is whichever serves the caller. */
interface Batch {
  readonly actions: readonly string[];
  readonly resources: readonly string[] | null;
}

function batchesOf(calls: readonly Call[]): readonly Batch[] {
  const byAction = new Map<string, (string | null)[]>();
  for (const { action, resource } of calls) byAction.set(action, [...(byAction.get(action) ?? []), resource]);
  const byResources = new Map<string, { actions: string[]; resources: string[] }>();
  const open: string[] = [];
  for (const [action, all] of byAction) {
    const resources = [...new Set(all.filter((resource) => resource !== null))].sort();
    if (all.includes(null)) open.push(action);
    if (resources.length === 0) continue;
    const key = resources.join(' ');
    const held = byResources.get(key) ?? { actions: [], resources };
    held.actions.push(action);
    byResources.set(key, held);
  }
  const named = [...byResources.values()].flatMap(({ actions, resources }) =>
    chunks(resources, RESOURCES_MAX).flatMap((some) =>
      chunks(actions, Math.max(1, Math.floor(PAIRS_MAX / some.length))).map((of) => ({ actions: of, resources: some })),
    ),
  );
  return [...named, ...(open.length === 0 ? [] : [{ actions: open, resources: null }])];
}

function inputOf(
  identity: string,
  { actions, resources }: Batch,
  marker: string | undefined,
): SimulatePrincipalPolicyCommandInput {
  return {
    PolicySourceArn: identity,
    ActionNames: [...actions],
    ...(resources === null ? {} : { ResourceArns: [...resources] }),
    ...(marker === undefined ? {} : { Marker: marker }),
  };
}

function answersOf(found: Evaluation, { resources }: Batch): readonly SimulatedAnswer[] {
  const answer = (resource: string | null, made: SimulatedAnswer['decision'], grounds: Grounds): SimulatedAnswer => ({
    action: found.EvalActionName,
    resource,
    decision: made,
    // What the whole leans on, any part of it may.
    leansOnContext: [grounds, found].some(({ MissingContextValues }) => (MissingContextValues ?? []).length > 0),
    deniedUnseen:
      found.OrganizationsDecisionDetail?.AllowedByOrganizations === false ||
      (made === 'explicitDeny' && (grounds.MatchedStatements ?? []).length === 0),
  });
  if (resources === null) return [answer(null, found.EvalDecision, found)];
  const each = found.ResourceSpecificResults ?? [];
  const asked = each.filter(({ EvalResourceName }) => resources.includes(EvalResourceName));
  if (asked.length > 0) return asked.map((one) => answer(one.EvalResourceName, one.EvalResourceDecision, one));
  // One thing alone may be answered as the whole.
  return resources.length === 1 && each.length === 0 ? [answer(resources[0] ?? null, found.EvalDecision, found)] : [];
}

type Grounds = Pick<Evaluation, 'MissingContextValues' | 'MatchedStatements'>;

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}
