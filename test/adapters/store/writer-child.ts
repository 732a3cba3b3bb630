/**
 * A process of its own that keeps one record after the other and says so, until it is killed.
 *
 * Bundled and run by tests. Arguments: `sqlite` or `postgres`, the place, a name, and how many to write (0: for ever). Prints
 * the name of each record once it is acknowledged.
 */

import process from 'node:process';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createPostgresStore } from '../../../src/adapters/store/sql/postgres.ts';
import { createSqliteStore } from '../../../src/adapters/store/sql/sqlite.ts';

const [engine, place = '', name = '', count = '0'] = process.argv.slice(2);
const create = engine === 'postgres' ? createPostgresStore : createSqliteStore;
const store = create(place, { now: systemClock.now });
for (let index = 0; count === '0' || index < Number(count); index += 1) {
  const runner = `${name}-${index}`;
  await store.journal({ at: systemClock.now(), drillId: 'd1', runner, what: { kind: 'alive' } });
  process.stdout.write(`${runner}\n`);
}
await store.close();
