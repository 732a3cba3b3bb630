/**
 * Ships the chain to its archive, and checks it.
 *
 * A chain that is broken is told at once, and each time anew when more of it breaks. That an archive takes nothing is a
 * failure of its schedule.
 */

import { alertOfChain } from '../../alert/alert-of-chain.ts';
import { shipRecords } from '../../app/ship-records.ts';
import { verifyRecords } from '../../app/verify-records.ts';
import { MusterError } from '../../core/errors.ts';
import type { Task, TaskWorld } from './task-world.ts';
import { tellAlerts } from './tell-alerts.ts';

/** Checks the chain of the store. */
export function verifyTask(world: TaskWorld): Task {
  const { store, clock, config, log } = world;
  return async () => {
    const at = clock.now();
    const { chain } = store;
    const report = await verifyRecords({
      read: (after) => chain.read(after),
      head: () => chain.head(),
      trusted: null,
      at,
    });
    const alert = alertOfChain({ report, at, source: config.alerts.source });
    await tellAlerts(alert === null ? [] : [alert], world);
    log.info('the chain was verified', { records: report.chain.records, whole: report.whole });
    return null;
  };
}

/** Ships what the archive does not hold yet. */
export function shipTask({ store, archive, known, log }: TaskWorld): Task {
  return async () => {
    if (archive === null) throw new MusterError('MUSTER_SERVICE_INVALID', 'the service file names no archive any more');
    const now = await known.current();
    const inventories = now === null ? [] : [now.inventory, ...now.outdated];
    const judged = new Set(inventories.flatMap(({ scopes }) => scopes.map(({ accountId }) => accountId)));
    const shipped = await shipRecords(store.chain, await archive([...judged].sort()));
    log.info('the chain was shipped', { records: shipped.records, upTo: shipped.upTo });
    const { location, warnings } = shipped.archive;
    for (const warning of warnings) log.warn(`archive ${location}: ${warning}`);
    return null;
  };
}
