/**
 * Opens probe sessions on scratch databases, one driver for each family of engines.
 *
 * PostgreSQL, MySQL and MariaDB, and Aurora of both, can be asked; for every other engine no driver is here, so a
 * drill of it ends at `restored`. Drivers are loaded when a session is opened, not before.
 */

import type { Login, ProbeRunner, ProbeSession } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import { type ConnectOptions, connectPatiently } from './connect.ts';
import { PROBE_LIMITS, type ProbeLimits } from './limits.ts';
import { openSession } from './session.ts';

/** The drivers, by engine as RDS names it. */
const FAMILIES: Readonly<Record<string, 'postgres' | 'mysql'>> = {
  postgres: 'postgres',
  'aurora-postgresql': 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
  'aurora-mysql': 'mysql',
};

/** How to speak to scratch databases, where it differs from what is usual. */
export interface ProbeRunnerOptions extends Partial<ProbeLimits> {
  /** Certificates in PEM form of authorities to trust besides those of RDS. */
  readonly ca?: readonly string[];
}

/** A runner over real drivers. */
export function createProbeRunner({ ca = [], ...limits }: ProbeRunnerOptions = {}): ProbeRunner {
  const options = { limits: { ...PROBE_LIMITS, ...limits }, ca };
  return {
    connect: (login: Login) => connect(login, options),
  };
}

async function connect(login: Login, options: ConnectOptions): Promise<ProbeSession> {
  const { limits } = options;
  switch (familyOf(login.engine)) {
    case 'postgres': {
      const { POSTGRES } = await import('./postgres.ts');
      const { POSTGRES_DIALECT } = await import('./postgres-dialect.ts');
      const connection = await connectPatiently(POSTGRES, login, options);
      return openSession({ connection, dialect: POSTGRES_DIALECT, limits });
    }
    case 'mysql': {
      const { MYSQL } = await import('./mysql.ts');
      const { mysqlDialect } = await import('./mysql-dialect.ts');
      const connection = await connectPatiently(MYSQL, login, options);
      return openSession({ connection, dialect: mysqlDialect(login.databaseName, connection.isMariaDb), limits });
    }
    default:
      throw new MusterError('MUSTER_DRILL_FAILED', `no driver for ${login.engine}: its databases cannot be asked`);
  }
}

function familyOf(engine: string): 'postgres' | 'mysql' | null {
  return Object.hasOwn(FAMILIES, engine) ? (FAMILIES[engine] ?? null) : null;
}
