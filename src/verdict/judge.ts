/**
 * The judgement on one database: does a recovery point outlive the loss, is it recent enough, has its kind
 * been restored and queried, and how long did that take.
 *
 * The requirement must be met by survivors outside the change. Given values only; reads no clock.
 */

import type { Permit } from '../authority/authority.ts';
import { type Instant, latest } from '../core/time.ts';
import { savingFor } from '../survival/counterfactual.ts';
import { dataLossSeconds } from '../survival/data-loss.ts';
import { pointsOf } from '../survival/survive.ts';
import type { Case } from './case.ts';
import type { CasualtyView, DatabaseView, Reason, SavingView } from './document.ts';
import { drillsOf, restoreTimeOf } from './evidence.ts';
import { evidenceOf } from './evidence-views.ts';
import { importanceOf } from './importance.ts';
import { answersOf, type Observed, requirementReasons } from './questions.ts';
import { inOrder, verdictOf } from './reason.ts';
import { isAt, prerequisitesLost, sideReasons, threatReasons, threatsAbroad, withGaps } from './side-reasons.ts';
import { lasting, outsidePlan, type Survivor, survivorsOf } from './survivors.ts';
import { readyUntil } from './validity.ts';
import { settle } from './waivers.ts';

/** A judgement, and how long it lasts. */
export interface Judgement {
  readonly view: DatabaseView;
  /** When a ready verdict ends though nothing happens; null when time alone does not end it, or it is not ready. */
  readonly readyUntil: Instant | null;
  /** Whether the asking principal may take each survivor that counts away; empty when nobody asked. */
  readonly permits: readonly Permit[];
}

/** Judges one database. */
export function judgeDatabase(asked: Case): Judgement {
  const { database, inventory, at } = asked;
  const drills = drillsOf(asked.drills, database, inventory.endpoint);
  const survivors = survivorsOf(asked, drills);
  const observe = (input: Case): Observed => {
    const outside = outsidePlan(survivors);
    return { counted: lasting(outside, input), outside, survivors, drills };
  };
  const { input, answers, waivers, said } = settle(asked, (each) => answersOf(each, observe(each)));
  const observed = observe(input);
  const { counted } = observed;
  const required = answers.flatMap(({ reasons }) => reasons);
  const reasons = [
    ...input.known,
    ...withGaps(required, inventory.gaps, database),
    ...(verdictOf(required) === 'ready' ? abroad(input, observed) : []),
    ...said,
    ...sideReasons(input, counted),
  ];
  const verdict = verdictOf(reasons);
  const { safe } = apart(input, counted);
  const until = verdict === 'ready' ? readyUntil(input, { counted: safe, drills, waivers }) : null;
  const newestAt = newestOf(counted);
  const view: DatabaseView = {
    arn: database.arn,
    resourceId: database.resourceId,
    identifier: database.identifier,
    kind: database.kind,
    engine: database.engine,
    importance: importanceOf(database, at),
    verdict,
    reasons: inOrder(reasons),
    survivors: survivors.map(({ view }) => view),
    casualties: casualtiesOf(input),
    newestSurvivorAt: newestAt,
    dataLossSeconds: newestAt === null ? null : dataLossSeconds(newestAt, at),
    restoreSeconds: restoreTimeOf(drills, counted[0]?.claim ?? survivors[0]?.claim ?? null),
    prerequisitesLost: prerequisitesLost(input),
    wouldHaveSaved: verdict === 'not_ready' ? savingOf(input) : null,
    environment: asked.requirement.environment.value,
    requirements: answers.map(({ reasons: _, ...answer }) => answer),
    evidence: evidenceOf(asked, drills),
    waivers,
    readyUntil: until,
  };
  return { view, readyUntil: until, permits: counted.flatMap(({ permit }) => permit ?? []) };
}

function newestOf(counted: readonly Survivor[]): Instant | null {
  return counted.reduce<Instant | null>(
    (held, { newestAt: next }) => (held === null || next === null ? (held ?? next) : latest(held, next)),
    null,
  );
}

/** A survivor in a place where a threat may be hidden is not counted on: what if it were gone? */
function abroad(input: Case, observed: Observed): readonly Reason[] {
  const { threats, safe } = apart(input, observed.counted);
  if (threats.length === 0) return [];
  const without = requirementReasons(input, { ...observed, counted: safe });
  return verdictOf(without) === 'ready' ? [] : threatReasons(threats);
}

/** The gaps abroad that may hide a threat, and the survivors that no such gap reaches. */
function apart({ inventory, database }: Case, counted: readonly Survivor[]) {
  const threats = threatsAbroad(inventory.gaps, database, counted);
  return { threats, safe: counted.filter(({ scope }) => !threats.some((gap) => isAt(gap, scope))) };
}

/** What one setting would have left, where the change takes something. */
function savingOf({ inventory, survival, database, at }: Case): SavingView | null {
  const found = savingFor(inventory, survival, { database, at });
  if (found === null) return null;
  const { setting, left, until, command } = found;
  return { setting, left, until, command };
}

function casualtiesOf({ survival, database }: Case): readonly CasualtyView[] {
  const casualties: CasualtyView[] = [];
  for (const { point, fate } of pointsOf(survival.after, database)) {
    if (fate.word === 'survives' || fate.word === 'survives_until') continue;
    casualties.push({ id: point.id, kind: point.kind, fate: fate.word, rules: fate.rules });
  }
  return casualties;
}
