/**
 * What workers that are killed fire and note, and what their notes say about them afterwards.
 */

import type { NewJob } from '../../../src/app/desk-port.ts';
import type { Instant } from '../../../src/core/time.ts';

/** The schedules that all of them fire; the jobs of each are a queue. */
export const SCHEDULES = ['survey', 'drills', 'sweep'] as const;

/** Dead after this much silence: long enough for a machine that is busy, short enough for a test. */
export const LIFE = { beatSeconds: 0.5, silentSeconds: 6 };

/** One firing with one job, whose payload says who fired what. @param by Who, and which of his firings. */
export function aFiring(schedule: string, dueAt: Instant, by: string) {
  const payload = { queue: schedule, firing: `${schedule}@${dueAt}`, by };
  const job: NewJob = { task: 'sweep', payload, key: null, queue: schedule, delaySeconds: 0, attemptsMax: 25 };
  return { fire: { name: schedule, dueAt, jobs: [job] }, line: payload.firing };
}

/** Writes notes, each in one line. */
export function noteTo(write: (line: string) => void) {
  return (what: 'start' | 'end' | 'killed', name: string, queue: string, firing: string) =>
    write(`${what} ${name} ${queue} ${firing}\n`);
}

/** What the notes say. */
export interface Findings {
  /** Firings whose job came to its end, once for each end. */
  readonly ended: readonly string[];
  /** Starts in a queue in which somebody who lived was at a job. */
  readonly overlaps: readonly string[];
}

/** Reads notes in the order in which they were written. */
export function findingsOf(text: string): Findings {
  const ended: string[] = [];
  const overlaps: string[] = [];
  const at = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [what, name = '', queue = '', firing = ''] = line.split(' ');
    if (what === 'killed') for (const [taken, who] of at) if (who === name) at.delete(taken);
    if (what === 'start') {
      if (at.has(queue)) overlaps.push(`${line} beside ${at.get(queue)}`);
      at.set(queue, name);
    }
    if (what === 'end') {
      at.delete(queue);
      if (firing !== 'failed') ended.push(firing);
    }
  }
  return { ended, overlaps };
}
