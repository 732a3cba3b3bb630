/**
 * A real PostgreSQL on this machine for tests of the SQL adapter: the lab's engine, without the lab.
 *
 * PGlite behind a port on 127.0.0.1, with SCRAM sign-in and no TLS, as a scratch database in the lab has it.
 */

import type { Login } from '../../src/app/ports.ts';
import { PgliteEngine } from '../../src/lab/pglite-engine.ts';

/** Who owns it, and what it is called. */
export const TEST_SEED = { masterUsername: 'pgusr', password: 'canary-right', databaseName: 'courses' } as const;

/** A running database and how to sign in to it. */
export interface TestDatabase {
  readonly login: Login;
  close(): Promise<void>;
}

/** Starts one database filled by the given SQL. */
export async function startDatabase(sql: readonly string[]): Promise<TestDatabase> {
  const engine = new PgliteEngine();
  const seed = { ...TEST_SEED, sql };
  const port = await new Promise<number>((resolve, reject) => {
    const fail = () => reject(new Error('an effect failed that cannot'));
    engine.run({ kind: 'create_volume', volumeId: 'v', seed }, fail);
    engine.run({ kind: 'open_volume', volumeId: 'v', openingId: 'o', waits: false }, (event) => {
      if (event.kind === 'database_opened') resolve(event.port);
      else reject(new Error(event.message));
    });
  });
  return {
    login: {
      endpoint: { host: '127.0.0.1', port },
      engine: 'aurora-postgresql',
      username: seed.masterUsername,
      password: seed.password,
      databaseName: seed.databaseName,
    },
    close: () => engine.close(),
  };
}
