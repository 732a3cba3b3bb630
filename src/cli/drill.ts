/**
 * `muster drill list|show|sweep`: the drills on record, what they say together, and what they left.
 *
 * The first two read the store alone. A sweep deletes nothing but what the journal and the guard prove to be ours; what
 * it leaves is named, and the exit code says so.
 */

import { drillHistory } from '../app/drill-history.ts';
import { sweepScratch } from '../app/sweep-scratch.ts';
import { MusterError } from '../core/errors.ts';
import { renderDrills } from '../report/drill-list-text.ts';
import { renderDrill } from '../report/drill-text.ts';
import type { ExitCode } from './exit.ts';
import { printJson } from './inputs.ts';
import { type ReachOptions, reachOf } from './reach.ts';
import type { CliWorld } from './world.ts';

/** @returns 0. */
export async function drillList({ json = false }: { readonly json?: boolean }, world: CliWorld): Promise<ExitCode> {
  const history = await drillHistory(await world.store());
  const { out, paint, width } = world.terminal;
  out(
    json
      ? printJson({ formatVersion: '1', ...history })
      : renderDrills(history.drills, history.statistics, paint, width),
  );
  return 0;
}

/** @returns 0. */
export async function drillShow(
  id: string,
  { json = false }: { readonly json?: boolean },
  world: CliWorld,
): Promise<ExitCode> {
  const record = (await (await world.store()).drills()).find(({ drillId }) => drillId === id);
  if (record === undefined)
    throw new MusterError('MUSTER_USAGE', `no drill ${JSON.stringify(id)} is on record; see muster drill list`);
  const { out, paint, width } = world.terminal;
  out(json ? printJson(record) : renderDrill(record, paint, width));
  return 0;
}

/** @returns 0 when nothing is left that should not be, 14 when something may be. */
export async function drillSweep(
  { dryRun = false, json = false, ...options }: ReachOptions & { readonly dryRun?: boolean; readonly json?: boolean },
  world: CliWorld,
): Promise<ExitCode> {
  const { terminal, clock, probes, randomness, presence } = world;
  const estate = await world.estate(reachOf(options));
  const progress = terminal.progress('looking for scratch databases');
  try {
    const [endpoint, scope] = [await estate.endpoint(), await estate.home()];
    const swept = await sweepScratch(
      { dryRun, endpoint, scope },
      { operatorAt: estate.operatorAt, store: await world.store(), clock, probes, randomness, presence },
    );
    progress.stop();
    if (json) terminal.out(printJson(swept));
    else if (swept.length === 0) terminal.out('no scratch is left\n');
    for (const { id, kind, result, reason } of json ? [] : swept) {
      const why = reason === null ? '' : ` (${reason})`;
      terminal.out(`${kind.replaceAll('_', ' ')} ${id}: ${result.replaceAll('_', ' ')}${why}\n`);
    }
    return swept.some(({ result }) => result === 'refused' || result === 'leaked' || result === 'unseen') ? 14 : 0;
  } finally {
    progress.stop();
    estate.close();
  }
}
