/**
 * What is answered about the service itself: alerts that were raised, schedules, and work that waits.
 *
 * Alerts are CloudEvents in structured mode. Their `data` begin with how loud they are; what else they hold goes by
 * their type.
 */

import * as z from 'zod';
import { TASKS } from '../../app/desk-port.ts';
import { formatVersion, instant, PAGE_MAX, words } from './parts.ts';

/** One alert. */
export const alert = z
  .object({
    specversion: z.literal('1.0'),
    id: words,
    source: words,
    type: z.string().regex(/^dev\.muster\.[a-z.]+\.v\d+$/),
    subject: words,
    time: instant,
    datacontenttype: z.literal('application/json'),
    data: z.looseObject({
      level: z.enum(['critical', 'warning', 'info']),
      message: words,
      remedy: words.nullable(),
    }),
  })
  .meta({ id: 'Alert', description: 'A CloudEvent 1.0 in structured mode' });

/** Alerts, the newest first. */
export const alertList = z.object({ formatVersion, alerts: z.array(alert) }).meta({ id: 'Alerts' });

/** How many alerts are listed. */
export const alertQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50).meta({ description: 'How many at most' }),
});

/** When the schedules last fired, and what waits. */
export const scheduleList = z
  .object({
    formatVersion,
    at: instant,
    schedules: z.array(
      z
        .object({
          name: words,
          dueAt: instant,
          endedAt: instant.nullable(),
          outcome: z.enum(['done', 'failed']).nullable(),
          detail: z.string().nullable(),
        })
        .meta({ id: 'Schedule', description: 'As it last fired' }),
    ),
    backlog: z.array(
      z
        .object({
          task: z.enum(TASKS),
          waiting: z.int().min(0),
          running: z.int().min(0),
          failed: z.int().min(0).meta({ description: 'Given up after too many attempts' }),
        })
        .meta({ id: 'Backlog' }),
    ),
  })
  .meta({ id: 'Schedules' });
