/**
 * The judgement on one database: does a recovery point outlive the loss, is it recent enough, has its kind
 * been restored and queried, and how long did that take.
 *
 * The requirement must be met by survivors outside the change. Given values only; reads no clock.
 */

import { type Instant, latest } from '../core/time.ts';
import { dataLossSeconds } from '../survival/data-loss.ts';
import { pointsOf } from '../survival/survive.ts';
import type { Case } from './case.ts';
import type { CasualtyView, DatabaseView } from './document.ts';
import { drillsOf, restoreTimeOf } from './evidence.ts';
import { importanceOf } from './importance.ts';
import { requirementReasons } from './questions.ts';
import { inOrder, verdictOf } from './reason.ts';
import { prerequisitesLost, sideReasons, withGaps } from './side-reasons.ts';
import { outsidePlan, survivorsOf } from './survivors.ts';

/** Judges one database. */
export function judgeDatabase(input: Case): DatabaseView {
  const { database, inventory, at } = input;
  const drills = drillsOf(input.drills, database, inventory.endpoint);
  const survivors = survivorsOf(input, drills);
  const counted = outsidePlan(survivors);
  const newestAt = counted
    .flatMap((survivor) => survivor.newestAt ?? [])
    .reduce<Instant | null>((held, next) => (held === null ? next : latest(held, next)), null);
  const reasons = [
    ...input.known,
    ...withGaps(requirementReasons(input, { counted, survivors, drills }), inventory.gaps, database),
    ...sideReasons(input, counted),
  ];
  return {
    arn: database.arn,
    resourceId: database.resourceId,
    identifier: database.identifier,
    kind: database.kind,
    engine: database.engine,
    importance: importanceOf(database, at),
    verdict: verdictOf(reasons),
    reasons: inOrder(reasons),
    survivors: survivors.map(({ view }) => view),
    casualties: casualtiesOf(input),
    newestSurvivorAt: newestAt,
    dataLossSeconds: newestAt === null ? null : dataLossSeconds(newestAt, at),
    restoreSeconds: restoreTimeOf(drills),
    prerequisitesLost: prerequisitesLost(input),
  };
}

function casualtiesOf({ survival, database }: Case): readonly CasualtyView[] {
  return pointsOf(survival.after, database).flatMap(({ point, fate }) =>
    fate.word === 'survives' || fate.word === 'survives_until'
      ? []
      : [{ id: point.id, kind: point.kind, fate: fate.word, rules: fate.rules }],
  );
}
