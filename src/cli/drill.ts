/**
 * `muster drill run|list|show|sweep`: restore drills and what they left.
 *
 * Ctrl-C during a run turns it to its teardown; the record then says `aborted`.
 */

import { findDatabase } from '../app/assess.ts';
import { runDrill } from '../app/run-drill.ts';
import { sweepScratch } from '../app/sweep-scratch.ts';
import { MusterError } from '../core/errors.ts';
import { printDuration } from '../core/time.ts';
import { type DrillDefinition, parseDefinition } from '../drill/definition.ts';
import type { DrillState } from '../drill/machine.ts';
import type { DrillRecord } from '../drill/model.ts';
import { planDrill } from '../drill/plan.ts';
import { renderDrill } from '../report/drill-text.ts';
import { EXIT_INTERRUPTED, type ExitCode } from './exit.ts';
import { printJson, readEstate } from './inputs.ts';
import type { CliWorld } from './world.ts';

const DRILL_ID_LENGTH = 10;

/** @returns 0 passed, 1 a probe failed or the restore did, 14 a scratch may be left, 130 interrupted. */
export async function drillRun(
  name: string,
  options: { readonly definition?: string; readonly json?: boolean },
  world: CliWorld,
): Promise<ExitCode> {
  const { terminal, clock, randomness, probes } = world;
  const definition = await readDefinition(options.definition, world);
  const inventory = await readEstate(world);
  const database = findDatabase(inventory, name);
  const drillId = randomness.token(DRILL_ID_LENGTH);
  const plan = planDrill({ definition, database, inventory, drillId, musterVersion: world.version, at: clock.now() });
  const stop = new AbortController();
  const release = world.onInterrupt(() => {
    terminal.talk('\ninterrupted: tearing the scratch down first\n');
    stop.abort();
  });
  const progress = terminal.progress(`restoring ${plan.point.id}`);
  const estate = await world.estate();
  try {
    const record = await runDrill(
      plan,
      { operator: estate.operator, probes, store: await world.store(), clock, randomness },
      { signal: stop.signal, onState: (state) => progress.update(printState(state)) },
    );
    progress.stop();
    terminal.out(options.json ? printJson(record) : renderDrill(record, terminal.paint, terminal.width));
    return exitOfDrill(record);
  } finally {
    progress.stop();
    release();
    estate.close();
  }
}

/** @returns 0. */
export async function drillList({ json = false }: { readonly json?: boolean }, world: CliWorld): Promise<ExitCode> {
  const records = [...(await (await world.store()).drills())].reverse();
  const { out } = world.terminal;
  if (json) out(printJson(records));
  else if (records.length === 0) out('no drill is on record\n');
  for (const record of json ? [] : records) {
    const time = record.restoreSeconds === null ? 'no restore time' : printDuration(record.restoreSeconds);
    out(
      `${record.drillId}  ${record.startedAt}  ${record.result}  ${record.databaseIdentifier}  ${record.claim}  ${time}\n`,
    );
  }
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

/** @returns 0 when nothing is left, 14 when a scratch may be. */
export async function drillSweep(
  { dryRun = false, json = false }: { readonly dryRun?: boolean; readonly json?: boolean },
  world: CliWorld,
): Promise<ExitCode> {
  const { terminal, clock } = world;
  const estate = await world.estate();
  const progress = terminal.progress('looking for scratch databases');
  try {
    const endpoint = await estate.endpoint();
    const swept = await sweepScratch(
      { dryRun, endpoint },
      { operator: estate.operator, store: await world.store(), clock },
    );
    progress.stop();
    if (json) terminal.out(printJson(swept));
    else if (swept.length === 0) terminal.out('no scratch database is left\n');
    for (const { id, what, result, reason } of json ? [] : swept) {
      terminal.out(`${what} ${id}: ${result.replaceAll('_', ' ')}${reason === null ? '' : ` (${reason})`}\n`);
    }
    return swept.some(({ result }) => result === 'refused' || result === 'still_there') ? 14 : 0;
  } finally {
    progress.stop();
    estate.close();
  }
}

async function readDefinition(path: string | undefined, world: CliWorld): Promise<DrillDefinition> {
  if (path !== undefined) return parseDefinition(await world.readFile(path), path);
  const { text, origin } = await world.defaultDefinition();
  return parseDefinition(text, origin);
}

function printState({ step, plan }: DrillState): string {
  return `${step.replaceAll('_', ' ')} (${plan.ids.cluster ?? plan.ids.instance})`;
}

function exitOfDrill({ result }: DrillRecord): ExitCode {
  switch (result) {
    case 'passed':
      return 0;
    case 'failed':
      return 1;
    case 'leaked':
      return 14;
    case 'aborted':
      return EXIT_INTERRUPTED;
  }
}
