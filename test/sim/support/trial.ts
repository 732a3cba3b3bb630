/**
 * One seed from estate to verdict on both sides: read, predict, carry out, read again, compare, restore.
 *
 * The SDK's clients are made once and speak to the lab of the seed at hand, because making them costs more than a
 * read does.
 */

import { type Clients, createClients } from '../../../src/adapters/aws/clients.ts';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import { addSeconds, parseInstant } from '../../../src/core/time.ts';
import type { RecoveryPoint } from '../../../src/inventory/model.ts';
import { createVirtualLab, type SdkRequest, type VirtualLab } from '../../../src/lab/request-handler.ts';
import { isAlive } from '../../../src/survival/fate.ts';
import { survive } from '../../../src/survival/survive.ts';
import { type Chance, chanceOf } from './chance.ts';
import { drawChange } from './change.ts';
import { counterpart, disagreements, lateDisagreements, type Trial } from './compare.ts';
import { drawEstate, SCOPE } from './estate.ts';
import { type Bench, execute, restore } from './execute.ts';

/** What a seed came to. */
export interface Finding {
  readonly seed: number;
  readonly breaches: readonly string[];
  /** Everything a person needs to see what happened, one line each. */
  readonly story: readonly string[];
  readonly counts: Counts;
}

/** Figures that show the trials are not empty. */
export interface Counts {
  readonly points: number;
  readonly unknown: number;
  readonly lost: number;
  readonly applied: number;
  readonly refused: number;
  readonly restored: number;
  readonly unreadable: number;
  readonly finals: number;
}

const FIRST_START = parseInstant('2026-11-23T04:00:00Z', 'test');

/** Runs seeds one after another on one set of clients. */
export function createTrials(): { readonly run: (seed: number) => Promise<Finding>; readonly close: () => void } {
  let lab: VirtualLab | null = null;
  const clients = createClients({
    region: SCOPE.region,
    credentials: { accessKeyId: 'AKIASIM', secretAccessKey: 'not-a-secret' },
    attemptsMax: 1,
    // The lab's handler is written against no SDK type; the SDK takes it as it is.
    requestHandler: {
      metadata: { handlerProtocol: 'lab' },
      handle: (request: SdkRequest) => {
        if (lab === null) throw new Error('no lab is running');
        return lab.requestHandler.handle(request);
      },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
      destroy: () => {},
    } as never,
  });
  return {
    run: (seed) => {
      const chance = chanceOf(seed);
      const startAt = addSeconds(FIRST_START, chance.below(5 * 86_400));
      lab = createVirtualLab({ estate: (at) => drawEstate(chance, at), startAt });
      return runTrial(seed, chance, clients, lab);
    },
    close: () => clients.close(),
  };
}

async function runTrial(seed: number, chance: Chance, clients: Clients, lab: VirtualLab): Promise<Finding> {
  const reader = createEstateReader(clients);
  const bench: Bench = { lab, rds: await clients.rds() };
  const startedAt = lab.now();
  const inventory = await reader.read(startedAt);
  const actions = drawChange(chance, inventory);
  const predicted = survive(inventory, actions, { at: startedAt, refusals: 'honoured' });
  // Whatever the change makes is younger than anything that was read.
  lab.advance(30 + chance.below(600));
  const refusals: (string | null)[] = [];
  for (const action of actions) refusals.push(await execute(bench, action));
  const after = await reader.read(lab.now());
  const trial: Trial = { startedAt, endedAt: lab.now(), actions, predicted, refusals, after };
  const restores = await restoreSome(chance, bench, trial);
  const breaches = [...disagreements(trial), ...restores.breaches];
  // A claim about the future is held against it.
  if (chance.happens(0.2)) {
    lab.advance(3_600 * chance.pick([20, 60, 200, 900]));
    breaches.push(...lateDisagreements(trial, await reader.read(lab.now()), lab.now()));
  }
  const words = predicted.after.points.map(({ fate }) => fate.word);
  return {
    seed,
    breaches,
    story: story(trial),
    counts: {
      points: words.length,
      unknown: words.filter((word) => word === 'unknown').length,
      lost: words.filter((word) => word === 'lost').length,
      applied: refusals.filter((refusal) => refusal === null).length,
      refused: refusals.filter((refusal) => refusal !== null).length,
      restored: restores.restored,
      unreadable: restores.unreadable,
      finals: predicted.after.points.filter(({ madeByChange }) => madeByChange).length,
    },
  };
}

/** Restores a few snapshots that are predicted to live, and tries some that nothing should be able to read. */
async function restoreSome(chance: Chance, bench: Bench, trial: Trial) {
  const snapshots = trial.predicted.after.points.filter(
    (tracked) => tracked.point.window === null && canRestore(tracked.point) && counterpart(trial, tracked) !== null,
  );
  const alive = snapshots.filter(({ fate }) => isAlive(fate));
  const unreadable = snapshots.filter(({ fate }) => fate.word === 'unreadable');
  const chosen = [
    ...alive.filter(({ madeByChange }) => madeByChange).slice(0, 1),
    ...(alive.length === 0 ? [] : [chance.pick(alive)]),
    ...(unreadable.length === 0 ? [] : [chance.pick(unreadable)]),
  ];
  const breaches: string[] = [];
  for (const [index, { point, fate }] of chosen.entries()) {
    const came = await restore(bench, point, `restored-${index}`);
    const readable = isAlive(fate);
    if (!readable && 'refused' in came && came.refused === 'KMSKeyNotAccessibleFault') continue;
    if (readable && 'dataOf' in came && came.dataOf === point.databaseResourceId) continue;
    breaches.push(`${point.id}: predicted ${fate.word}, yet its restore came to ${JSON.stringify(came)}`);
  }
  const read = chosen.filter(({ fate }) => isAlive(fate)).length;
  return { breaches, restored: read, unreadable: chosen.length - read };
}

/** The lab restores no Multi-AZ DB cluster. */
function canRestore({ ofCluster, engine }: RecoveryPoint): boolean {
  return !ofCluster || engine.startsWith('aurora');
}

function story({ actions, predicted, refusals }: Trial): readonly string[] {
  const before = predicted.before.databases.map(
    ({ database: { arn, resourceId, status, retentionDays, deletionProtection, keyArn, members } }) =>
      `${arn} ${resourceId} ${status} retention ${retentionDays} protected ${deletionProtection} key ${keyArn} members ${members.map(({ identifier }) => identifier).join(' ')}`,
  );
  const done = actions.map((action, index) => {
    const effect = predicted.effects[index];
    return `${index + 1}. ${JSON.stringify(action)} => predicted ${effect?.outcome} ${effect?.rule}; lab ${refusals[index] ?? 'applied'}`;
  });
  const fates = predicted.after.points.map(
    ({ point, fate }) =>
      `${point.kind} ${point.arn} of ${point.databaseResourceId} at ${point.createdAt ?? point.window?.latest}: ${fate.word} ${fate.until ?? ''} (${fate.rules.join(', ')})`,
  );
  return [...before, ...done, ...fates];
}
