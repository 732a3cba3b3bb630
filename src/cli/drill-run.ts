/**
 * `muster drill plan|run|resume`: what a drill would do, doing it, and going on with one that was left.
 *
 * Ctrl-C asks once, on a terminal, whether to tear the scratch down or to leave it; elsewhere it is torn down. The record
 * of a drill that was torn down so says `aborted`.
 */

import { planFor } from '../app/plan-drill.ts';
import {
  type DrillEnd,
  type DrillsWorld,
  heldDrills,
  leftDrills,
  resumeDrill,
  runDrills,
  standbysOf,
} from '../app/run-drills.ts';
import { MusterError } from '../core/errors.ts';
import { printInstant } from '../core/time.ts';
import { type DrillDefinition, parseDefinition } from '../drill/definition.ts';
import type { DrillRecord } from '../drill/model.ts';
import type { DrillPreview } from '../drill/preview.ts';
import { renderDrillPlans } from '../report/drill-plan-text.ts';
import { renderDrill } from '../report/drill-text.ts';
import { watched } from './drill-watch.ts';
import { EXIT_INTERRUPTED, type ExitCode } from './exit.ts';
import { originOf, printJson } from './inputs.ts';
import { type ReachOptions, reachOf } from './reach.ts';
import { tellError } from './tell-error.ts';
import type { CliWorld, Estate } from './world.ts';

/** What planning and running take. */
export interface DrillOptions extends ReachOptions {
  readonly definition?: string;
  readonly json?: boolean;
}

/** @returns 0; 1 when something stands in the way of a drill, or one of the databases cannot be drilled. */
export async function drillPlan(name: string | undefined, options: DrillOptions, world: CliWorld): Promise<ExitCode> {
  const { out, paint, width } = world.terminal;
  return withEstate(options, world, async (estate) => {
    const { preview } = await planned(name, options, world, estate, true);
    out(options.json ? printJson(preview) : renderDrillPlans(preview, paint, width));
    return preview.refused.length > 0 || preview.drills.some(({ obstacles }) => obstacles.length > 0) ? 1 : 0;
  });
}

/** @returns 0 passed, 1 failed, 13 another run is at it, 14 a scratch may be left, 130 interrupted; the worst of several. */
export async function drillRun(name: string | undefined, options: DrillOptions, world: CliWorld): Promise<ExitCode> {
  return withEstate(options, world, async (estate) => {
    const { preview, definition } = await planned(name, options, world, estate, false);
    const drills = await drillsWorld(world, estate);
    for (const { drillId } of await leftDrills(drills, await estate.endpoint())) {
      world.terminal.talk(
        `drill ${drillId} was left unfinished: muster drill resume ${drillId} goes on, muster drill sweep tears it down\n`,
      );
    }
    for (const { identifier, cause } of preview.refused)
      world.terminal.talk(`${identifier} is not drilled: ${cause}\n`);
    const ends = await watched(world, (watch) => runDrills(preview, definition.limits.concurrency, drills, watch));
    const exit = await tellEnds(ends, name === undefined ? 'many' : 'one', options, world);
    return preview.refused.length > 0 && exit === 0 ? 1 : exit;
  });
}

/** @returns As `drillRun`; 0 when nothing was left. */
export async function drillResume(
  drillId: string | undefined,
  options: Omit<DrillOptions, 'definition'>,
  world: CliWorld,
): Promise<ExitCode> {
  return withEstate(options, world, async (estate) => {
    const drills = await drillsWorld(world, estate);
    const left = await leftDrills(drills, await estate.endpoint());
    const chosen = drillId === undefined ? left : left.filter((log) => log.drillId === drillId);
    if (chosen.length === 0 && drillId !== undefined) {
      const others = left.map((log) => log.drillId).join(', ') || 'none';
      throw new MusterError(
        'MUSTER_USAGE',
        `drill ${JSON.stringify(drillId)} is not among those left unfinished, which are: ${others}; one that a run is at, or was until moments ago, cannot be resumed yet`,
      );
    }
    if (chosen.length === 0) world.terminal.talk('no drill was left unfinished\n');
    for (const held of drillId === undefined ? await heldDrills(drills, await estate.endpoint()) : []) {
      const from = printInstant(held.freeAt);
      world.terminal.talk(`a run is at drill ${held.drillId}; if it stays silent, it can be resumed from ${from}\n`);
    }
    const ends = await watched(world, async (watch) => {
      const done: DrillEnd[] = [];
      for (const log of chosen) done.push(await resumeDrill(log, drills, watch));
      return done;
    });
    return tellEnds(ends, drillId === undefined ? 'many' : 'one', options, world);
  });
}

async function withEstate(
  options: ReachOptions,
  world: CliWorld,
  work: (estate: Estate) => Promise<ExitCode>,
): Promise<ExitCode> {
  const estate = await world.estate(reachOf(options));
  try {
    return await work(estate);
  } finally {
    estate.close();
  }
}

async function drillsWorld(world: CliWorld, estate: Estate): Promise<DrillsWorld> {
  const { probes, clock, randomness, presence } = world;
  return { operatorAt: estate.operatorAt, probes, store: await world.store(), clock, randomness, presence };
}

async function planned(
  name: string | undefined,
  options: DrillOptions,
  world: CliWorld,
  estate: Estate,
  asksPermissions: boolean,
): Promise<{ readonly preview: DrillPreview; readonly definition: DrillDefinition }> {
  const { clock, randomness, version } = world;
  const definition = await readDefinition(options.definition, world);
  const store = await world.store();
  const [records, standbys] = [await store.drills(), await standbysOf({ store }, await estate.endpoint())];
  const progress = world.terminal.progress('reading AWS');
  try {
    const inventory = await estate.reader.read(clock.now(), (what) => progress.update(`reading ${what}`));
    const preview = await planFor(
      { definition, inventory, records, standbys, database: name ?? null, musterVersion: version },
      { clock, randomness, authority: asksPermissions ? estate.authority : null },
    );
    return { preview, definition };
  } finally {
    progress.stop();
  }
}

async function readDefinition(path: string | undefined, world: CliWorld): Promise<DrillDefinition> {
  if (path !== undefined) return parseDefinition(await world.readFile(path), originOf(path));
  const { text, origin } = await world.defaultDefinition();
  return parseDefinition(text, origin);
}

async function tellEnds(
  ends: readonly DrillEnd[],
  count: 'one' | 'many',
  { json = false }: { readonly json?: boolean },
  world: CliWorld,
): Promise<ExitCode> {
  const { out, talk, paint, width } = world.terminal;
  const records = ends.flatMap(({ record }) => (record === null ? [] : [record]));
  if (json) out(printJson(count === 'one' ? (records[0] ?? null) : records));
  else out(records.map((record) => renderDrill(record, paint, width)).join('\n'));
  const unfinished = records.length === ends.length ? null : await unfinishedOf(world);
  return worst(
    ends.map(({ drillId, record, fault, leaks }) => {
      if (leaks.length > 0) {
        const message = `an earlier standby could not be removed: ${leaks.join('; ')}`;
        tellError(new MusterError('MUSTER_SCRATCH_LEAKED', message), world.terminal);
        return 14;
      }
      if (record !== null) return exitOfDrill(record);
      if (fault !== null) {
        talk(`drill ${drillId} could not go on\n`);
        tellError(fault, world.terminal);
        return 13;
      }
      const [said, exit] = withoutRecord(drillId, unfinished?.get(drillId));
      talk(`${said}\n`);
      return exit;
    }),
  );
}

/** Whether each drill of the journal was let go of. */
async function unfinishedOf(world: CliWorld): Promise<ReadonlyMap<string, boolean>> {
  const entries = await (await world.store()).journalEntries();
  return new Map(entries.map(({ drillId, what }) => [drillId, what.kind === 'release']));
}

function withoutRecord(drillId: string, released: boolean | undefined): [string, ExitCode] {
  if (released === undefined) return [`drill ${drillId} was not begun`, EXIT_INTERRUPTED];
  if (!released) return [`drill ${drillId} has been taken over by another run, which ends it`, 13];
  const next = `muster drill resume ${drillId} goes on, muster drill sweep tears it down`;
  return [`drill ${drillId} was left as it stands: ${next}`, EXIT_INTERRUPTED];
}

/** A leak outweighs an interruption, that what could not be carried out, and that a failure. */
function worst(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [14, EXIT_INTERRUPTED, 13, 1];
  return order.find((code) => codes.includes(code)) ?? 0;
}

/** A drill that passed and misses what its definition wants is no success to a script. */
function exitOfDrill({ result, objectives }: DrillRecord): ExitCode {
  switch (result) {
    case 'passed':
      return objectives.every(({ met }) => met) ? 0 : 1;
    case 'failed':
      return 1;
    case 'leaked':
      return 14;
    case 'aborted':
      return EXIT_INTERRUPTED;
  }
}
