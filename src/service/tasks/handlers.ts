/**
 * Every kind of work with the task that carries it out.
 *
 * The tasks say what is done; how an end is noted and a failure told is the same for all of them, and stands in
 * `task-world.ts`.
 */

import { type Handler, TASKS, type TaskName } from '../../app/desk-port.ts';
import { shipTask, verifyTask } from './chain-tasks.ts';
import { deliverTask } from './deliver.ts';
import { drillTask } from './drill.ts';
import { planDrillsTask } from './plan-drills.ts';
import { readPlaceTask } from './read-place.ts';
import { surveyTask } from './survey.ts';
import { sweepTask } from './sweep.ts';
import { handlerOf, type Task, type TaskWorld } from './task-world.ts';
import { watchTask } from './watch.ts';

/** What a runner of jobs is given. */
export function handlersOf(world: TaskWorld): Readonly<Record<TaskName, Handler>> {
  const tasks: Readonly<Record<TaskName, Task>> = {
    survey: surveyTask(world),
    read_place: readPlaceTask(world),
    watch: watchTask(world),
    plan_drills: planDrillsTask(world),
    drill: drillTask(world),
    sweep: sweepTask(world),
    ship: shipTask(world),
    verify: verifyTask(world),
    deliver: deliverTask(world),
  };
  const handlers = TASKS.map((name) => [name, handlerOf(name, tasks[name], world)] as const);
  return Object.fromEntries(handlers) as Readonly<Record<TaskName, Handler>>;
}
