/**
 * The desk of a service in the SQL database that the chain is in, with tables of its own.
 *
 * It has connections of its own as well, so that a reading of the desk never waits behind a record being written. What
 * happens together is one transaction, jobs included; a job that is added within one runs once that is committed.
 */

import type { ExpressionBuilder, Kysely, SelectQueryBuilder } from 'kysely';
import type { Alert } from '../../../alert/alert.ts';
import {
  type Desk,
  KEY_HELD_SECONDS,
  type KeptAnswer,
  type NewJob,
  type ScheduleState,
  SIGHT_AHEAD_SECONDS_MAX,
  type TakenKey,
} from '../../../app/desk-port.ts';
import { printScope } from '../../../core/arn.ts';
import { type Digest, digestOf, sortedBy } from '../../../core/canonical.ts';
import { addSeconds, type Instant } from '../../../core/time.ts';
import type { Sight } from '../../../inventory/sight.ts';
import { keepAlerts, keepStandings, lockWatch, readSchedules, tellOf } from './desk-rows.ts';
import { packSight, readKept, unpackSight } from './desk-shapes.ts';
import { type Schema, textColumn, textOf } from './schema.ts';
import type { Session } from './session.ts';
import { transact } from './transact.ts';

const KEY_SECONDS = 86_400;

/** Where the jobs of a desk are kept. */
export interface JobTable {
  /** Adds jobs within a transaction of the desk's. */
  add(connection: Kysely<Schema>, jobs: readonly NewJob[]): Promise<void>;
  /** Called once jobs that were added are committed. */
  added(): void;
  backlog(db: Kysely<Schema>): ReturnType<Desk['backlog']>;
}

/** The desk in that database. @param now The clock that says which sights lie ahead. */
export function createSqlDesk(session: Session, jobs: JobTable, now: () => Instant): Desk {
  return new SqlDesk(session, jobs, now);
}

class SqlDesk implements Desk {
  readonly #session: Session;
  readonly #jobs: JobTable;
  readonly #now: () => Instant;

  constructor(session: Session, jobs: JobTable, now: () => Instant) {
    this.#session = session;
    this.#jobs = jobs;
    this.#now = now;
  }

  async fire({ name, dueAt, jobs }: Parameters<Desk['fire']>[0]): Promise<boolean> {
    const fired = await this.#transact(async (connection) => {
      const anew = { due_at: dueAt, ended_at: null, outcome: null, detail: null };
      const rows = await connection
        .insertInto('schedule')
        .values({ name, ...anew })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(anew).where('schedule.due_at', '<', dueAt))
        .returning('due_at')
        .execute();
      if (rows.length > 0) await this.#jobs.add(connection, jobs);
      return rows.length > 0;
    });
    if (fired) this.#jobs.added();
    return fired;
  }

  async ended(name: string, dueAt: Instant, { at, outcome, detail }: Parameters<Desk['ended']>[2]): Promise<void> {
    await this.#transact((connection) =>
      connection
        .updateTable('schedule')
        .set({ ended_at: at, outcome, detail })
        .where('name', '=', name)
        .where('due_at', '=', dueAt)
        .execute(),
    );
  }

  async schedules(): Promise<readonly ScheduleState[]> {
    const { engine, name } = this.#session.database;
    return (await this.#session.read((db) => readSchedules(db, engine, name))) ?? [];
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length === 0) return;
    await this.#transact((connection) => this.#jobs.add(connection, jobs));
    this.#jobs.added();
  }

  async backlog(): ReturnType<Desk['backlog']> {
    return (await this.#session.read((db) => this.#jobs.backlog(db))) ?? [];
  }

  async putSight(sight: Sight): Promise<void> {
    const kept = { observed_at: sight.observedAt, digest: digestOf(sight), body: await packSight(sight) };
    const believedUpTo = addSeconds(this.#now(), SIGHT_AHEAD_SECONDS_MAX);
    await this.#transact((connection) =>
      connection
        .insertInto('sight')
        .values({ place: printScope(sight.place), ...kept })
        .onConflict((conflict) =>
          conflict
            .column('place')
            .doUpdateSet(kept)
            .where(({ eb, or }) =>
              or([eb('sight.observed_at', '<=', sight.observedAt), eb('sight.observed_at', '>', believedUpTo)]),
            ),
        )
        .execute(),
    );
  }

  async sightVersions(): Promise<ReadonlyMap<string, Digest>> {
    const rows = await this.#session.read((db) =>
      db
        .selectFrom('sight')
        .select([this.#text('place').as('place'), this.#text('digest').as('digest')])
        .orderBy('sight.place')
        .execute(),
    );
    return new Map((rows ?? []).map(({ place, digest }) => [tellOf(place), tellOf(digest) as Digest]));
  }

  async sight(scope: Sight['place']): Promise<Sight | null> {
    const place = printScope(scope);
    const row = await this.#session.read((db) =>
      db
        .selectFrom('sight')
        .select([this.#text('digest').as('digest'), 'body'])
        .where('place', '=', place)
        .executeTakeFirst(),
    );
    if (row === undefined) return null;
    return unpackSight(row.body, { place, digest: tellOf(row.digest) as Digest }, this.#session.database.name);
  }

  async keepPlaces(places: readonly Sight['place'][]): Promise<void> {
    const stay = new Set(places.map(printScope));
    await this.#transact(async (connection) => {
      const rows = await connection.selectFrom('sight').select(this.#text('place').as('place')).execute();
      const gone = rows.map(({ place }) => tellOf(place)).filter((place) => !stay.has(place));
      for (const place of gone) await connection.deleteFrom('sight').where('place', '=', place).execute();
    });
  }

  async watched(): ReturnType<Desk['watched']> {
    const { name } = this.#session.database;
    // One statement, so that the cursor and the standings are those of one watch.
    const rows = await this.#session.read((db) =>
      db
        .selectFrom('watch')
        .leftJoin('standing', (join) => join.onTrue())
        .select(['watch.cursor', this.#text('standing.body').as('body')])
        .execute(),
    );
    const cursor = rows?.[0]?.cursor ?? null;
    if (rows === undefined || cursor === null) return null;
    const bodies = rows.flatMap(({ body }) => (body === null ? [] : [textOf(body)]));
    const standings = bodies.map((body) => readKept('standing', body, name));
    return { cursor: Number(cursor), standings: sortedBy(standings, ({ databaseArn }) => databaseArn) };
  }

  async settle(settlement: Parameters<Desk['settle']>[0], cursorBefore: number | null): Promise<boolean> {
    const settled = await this.#transact(async (connection) => {
      const cursor = await lockWatch(connection, this.#session.database.engine);
      if (cursor !== cursorBefore) return false;
      await connection.updateTable('watch').set({ cursor: settlement.cursor }).where('id', '=', 1).execute();
      await keepStandings(connection, settlement);
      await this.#jobs.add(connection, await keepAlerts(connection, settlement.alerts));
      return true;
    });
    if (settled) this.#jobs.added();
    return settled;
  }

  async alert(id: string): Promise<Alert | null> {
    const rows = await this.#alerts((query) => query.where('id', '=', id));
    return rows[0] ?? null;
  }

  async alerts(limit: number): Promise<readonly Alert[]> {
    return this.#alerts((query) => query.orderBy('alert.time', 'desc').orderBy('alert.seq', 'desc').limit(limit));
  }

  async takeKey(caller: string, key: string, requestDigest: Digest, at: Instant): Promise<KeptAnswer | null> {
    const { name } = this.#session.database;
    const taken = await this.#transact(async (connection) => {
      await connection
        .deleteFrom('answer')
        .where((is) =>
          is.or([
            is('taken_at', '<=', addSeconds(at, -KEY_SECONDS)),
            is.and([
              is('caller', '=', caller),
              is('name', '=', key),
              is('body', 'is', null),
              is('taken_at', '<=', addSeconds(at, -KEY_HELD_SECONDS)),
            ]),
          ]),
        )
        .execute();
      const mine = await connection
        .insertInto('answer')
        .values({ caller, name: key, request_digest: requestDigest, taken_at: at, body: null })
        .onConflict((conflict) => conflict.columns(['caller', 'name']).doNothing())
        .returning('taken_at')
        .execute();
      if (mine.length > 0) return null;
      return connection
        .selectFrom('answer')
        .select([this.#text('request_digest').as('digest'), this.#text('body').as('body')])
        .where('caller', '=', caller)
        .where('name', '=', key)
        .executeTakeFirst();
    });
    // Undefined when it was let go between the two statements; whoever had it is only just done.
    if (taken === null) return null;
    if (taken === undefined) return this.takeKey(caller, key, requestDigest, at);
    const answer = taken.body === null ? null : readKept('answer', textOf(taken.body), name);
    return { requestDigest: tellOf(taken.digest) as Digest, answer };
  }

  async keepAnswer({ caller, key, requestDigest, at }: TakenKey, answer: KeptAnswer['answer']): Promise<void> {
    await this.#transact(async (connection) => {
      const mine = { caller, name: key, request_digest: requestDigest, taken_at: at };
      const unanswered = ({ and }: ExpressionBuilder<Schema, 'answer'>) => and(mine).and('body', 'is', null);
      await (answer === null
        ? connection.deleteFrom('answer').where(unanswered).execute()
        : connection
            .updateTable('answer')
            .set({ body: printAnswer(answer) })
            .where(unanswered)
            .execute());
    });
  }

  async forgetAnswer(caller: string, key: string, answer: NonNullable<KeptAnswer['answer']>): Promise<void> {
    await this.#transact((connection) =>
      connection
        .deleteFrom('answer')
        .where(({ and }) => and({ caller, name: key, body: printAnswer(answer) }))
        .execute(),
    );
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  #transact<T>(work: (connection: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.#session.write((db) => transact(db, this.#session.database, work));
  }

  async #alerts(pick: (query: AlertQuery) => AlertQuery): Promise<readonly Alert[]> {
    const body = textColumn(this.#session.database.engine, 'alert.body');
    const rows = await this.#session.read((db) =>
      pick(db.selectFrom('alert').select('alert.seq')).select(body.as('body')).execute(),
    );
    return (rows ?? []).map((row) => readKept('alert', tellOf(row.body), this.#session.database.name));
  }

  #text(column: string) {
    return textColumn(this.#session.database.engine, column);
  }
}

/** Always in one form, so that an answer is found again by what it says. */
function printAnswer({ status, contentType, body }: NonNullable<KeptAnswer['answer']>): string {
  return JSON.stringify({ status, contentType, body });
}

type AlertQuery = SelectQueryBuilder<Schema, 'alert', { seq: number | string }>;
