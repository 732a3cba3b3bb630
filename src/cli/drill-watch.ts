/**
 * How a drill is watched: each phase as it passes, what is being done, and what an interruption means.
 *
 * On a terminal what is being done turns below the phases; into a pipe the phases come as lines. Ctrl-C asks once, on a
 * terminal, whether to tear down or to leave; the drill goes on meanwhile. Anywhere else, at a second Ctrl-C and at
 * SIGTERM, it tears down.
 */

import type { DrillWatch } from '../app/run-drill.ts';
import { elapsedSeconds, printDuration } from '../core/time.ts';
import type { DrillState, DrillStep } from '../drill/drill-state.ts';
import type { Phase } from '../drill/model.ts';
import { PHASE_WORDS } from '../report/words.ts';
import type { CliWorld, Progress } from './world.ts';

const QUESTION = 'Tear the scratch down now (Enter), or leave it for drill resume (type leave)? ';

/** What is being done at each step, in words. */
const STEP_WORDS: Readonly<Record<DrillStep, string>> = {
  bring_copy: 'asking for the copy of the snapshot',
  await_copy: 'waiting for the copy of the snapshot',
  start_job: 'asking AWS Backup to restore',
  await_job: 'waiting for AWS Backup to restore',
  restore_cluster: 'asking for the cluster',
  await_cluster: 'waiting for the cluster',
  mark_cluster: 'tagging the cluster',
  add_instance: 'adding an instance',
  restore_instance: 'asking for the instance',
  await_instance: 'waiting for the instance',
  mark_instance: 'tagging the instance',
  set_password: 'setting a fresh password',
  await_password: 'waiting for the fresh password',
  connect: 'connecting',
  probe: 'asking the probes',
  hydrate: 'reading every table once',
  stop: 'stopping the scratch',
  await_stopped: 'waiting until it is stopped',
  find_job: 'tearing down: finding what AWS Backup made',
  await_job_end: 'tearing down: waiting for AWS Backup to end its job',
  remove_instance: 'tearing down: removing the instance',
  await_instance_gone: 'tearing down: waiting until the instance is gone',
  remove_cluster: 'tearing down: removing the cluster',
  await_cluster_gone: 'tearing down: waiting until the cluster is gone',
  remove_copy: 'tearing down: removing the copy',
  await_copy_gone: 'tearing down: waiting until the copy is gone',
  ended: 'done',
};

/** Does work that runs drills, watched. */
export async function watched<T>(world: CliWorld, work: (watch: DrillWatch) => Promise<T>): Promise<T> {
  const { terminal } = world;
  const progress = terminal.progress('planning');
  const [stop, leave, unasked] = [new AbortController(), new AbortController(), new AbortController()];
  let over = false;
  const tearDown = () => {
    progress.say('interrupted: tearing the scratch down first');
    stop.abort();
  };
  const ask = async () => {
    const goOn = progress.pause();
    const answer = await terminal.ask(QUESTION, unasked.signal);
    goOn();
    if (over) return;
    if (answer !== null && /^\s*l(eave)?\s*$/i.test(answer)) leave.abort();
    else tearDown();
  };
  let asking: Promise<void> | null = null;
  const release = world.onInterrupt((signal) => {
    if (stop.signal.aborted || leave.signal.aborted) return;
    if (asking !== null) unasked.abort();
    else if (signal === 'SIGINT') asking = ask();
    else tearDown();
  });
  try {
    return await work({ signal: stop.signal, leave: leave.signal, onState: teller(progress) });
  } finally {
    over = true;
    unasked.abort();
    await asking;
    progress.stop();
    release();
  }
}

/** Tells each drill's phases as they pass; of one that is picked up again, only those that are new. */
function teller(progress: Progress): (state: DrillState) => void {
  const told = new Map<string, Set<Phase>>();
  const begin = ({ plan, resumed, phases }: DrillState, id: string): Set<Phase> => {
    const { database, point, drillId } = plan;
    progress.say(
      resumed === 0
        ? `${id}: restoring ${database.identifier} from ${point.id}`
        : `${id}: going on with drill ${drillId} of ${database.identifier}`,
    );
    const seen = new Set<Phase>(resumed === 0 ? [] : phases.map(({ phase }) => phase));
    told.set(drillId, seen);
    return seen;
  };
  return (state) => {
    const { drillId, ids } = state.plan;
    const id = ids.cluster ?? ids.instance;
    const seen = told.get(drillId) ?? begin(state, id);
    for (const { phase, at } of state.phases) {
      if (!seen.has(phase))
        progress.say(`${id}: ${PHASE_WORDS[phase]}, +${printDuration(elapsedSeconds(state.startedAt, at))}`);
      seen.add(phase);
    }
    progress.update(`${id}: ${STEP_WORDS[state.step]}`);
  };
}
