/**
 * The rows of the desk that several of its methods are made of.
 *
 * Each function is one step within somebody's transaction, or one reading; none of them begins or ends anything.
 */

import { type Kysely, sql } from 'kysely';
import type { NewJob, ScheduleState, Settlement } from '../../../app/desk-port.ts';
import { MusterError } from '../../../core/errors.ts';
import { type Instant, isInstant } from '../../../core/time.ts';
import { type Engine, type Schema, type Text, textColumn, textOf } from './schema.ts';

/** Well below what either database takes as parameters of one statement. */
const ROWS_MAX = 500;

/** A text that is never null, but that a cast may make look so. */
export function tellOf(value: Text | null): string {
  return value === null ? '' : textOf(value);
}

/** How every schedule last fired, by name. */
export async function readSchedules(db: Kysely<Schema>, engine: Engine, where: string): Promise<ScheduleState[]> {
  const text = <C extends string>(column: C) => textColumn(engine, column).as<C>(column);
  const rows = await db
    .selectFrom('schedule')
    .select([text('name'), text('due_at'), text('ended_at'), text('outcome'), text('detail')])
    .orderBy('schedule.name')
    .execute();
  return rows.map((row) => {
    const [dueAt, endedAt] = [tellOf(row.due_at), row.ended_at === null ? null : textOf(row.ended_at)];
    const outcome = row.outcome === null ? null : textOf(row.outcome);
    const known = outcome === null || outcome === 'done' || outcome === 'failed';
    if (known && isInstant(dueAt) && (endedAt === null || isInstant(endedAt))) {
      return {
        name: tellOf(row.name),
        dueAt,
        endedAt,
        outcome,
        detail: row.detail === null ? null : textOf(row.detail),
      };
    }
    throw new MusterError('MUSTER_STORE_INVALID', `${where} holds a schedule that Muster did not write`);
  });
}

/** Keeps every other watch from settling until the transaction is over. @returns How far the last one came. */
export async function lockWatch(connection: Kysely<Schema>, engine: Engine): Promise<number | null> {
  const row = await connection
    .selectFrom('watch')
    .select('cursor')
    .where('id', '=', 1)
    .$if(engine === 'postgres', (query) => query.forUpdate())
    .executeTakeFirstOrThrow();
  return row.cursor === null ? null : Number(row.cursor);
}

/** Puts standings in the place of those before; those of databases that are gone go. */
export async function keepStandings(
  connection: Kysely<Schema>,
  { standings, gone }: Pick<Settlement, 'standings' | 'gone'>,
): Promise<void> {
  for (const arns of chunksOf(gone)) {
    await connection.deleteFrom('standing').where('database_arn', 'in', arns).execute();
  }
  // Of two of one database the later stands; one statement could not change one row twice.
  const rows = new Map(standings.map((standing) => [standing.databaseArn, JSON.stringify(standing)]));
  for (const chunk of chunksOf([...rows])) {
    await connection
      .insertInto('standing')
      .values(chunk.map(([databaseArn, body]) => ({ database_arn: databaseArn, body })))
      .onConflict((conflict) => conflict.column('database_arn').doUpdateSet({ body: (is) => is.ref('excluded.body') }))
      .execute();
  }
}

/** Keeps the alerts that are not known yet. @returns The jobs of those. */
export async function keepAlerts(connection: Kysely<Schema>, alerts: Settlement['alerts']): Promise<readonly NewJob[]> {
  const jobs: NewJob[] = [];
  for (const { alert, jobs: wanted } of alerts) {
    const kept = await connection
      .insertInto('alert')
      .values({
        id: alert.id,
        // Whoever settles is alone with the table, for it holds the row of the watch.
        seq: sql<number>`(select coalesce(max(seq), 0) + 1 from alert)`,
        time: alert.time satisfies Instant,
        body: JSON.stringify(alert),
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('seq')
      .execute();
    if (kept.length > 0) jobs.push(...wanted);
  }
  return jobs;
}

function chunksOf<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += ROWS_MAX) chunks.push(items.slice(start, start + ROWS_MAX));
  return chunks;
}
