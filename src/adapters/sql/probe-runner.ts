/**
 * Opens probe sessions on scratch databases, one driver for each family of engines.
 *
 * PostgreSQL and Aurora PostgreSQL can be queried; for every other engine no driver is here yet, so a
 * drill of it ends at `restored`. Drivers are loaded when a session is opened, not before.
 */

import type { Login, ProbeRunner, ProbeSession } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import type { Grade } from '../../drill/model.ts';
import { PROBE_LIMITS, type ProbeLimits } from './limits.ts';

/** A runner over real drivers. */
export function createProbeRunner(limits: Partial<ProbeLimits> = {}): ProbeRunner {
  return {
    reach: (engine: string): Grade => (isPostgres(engine) ? 'queried' : 'restored'),
    connect: async (login: Login): Promise<ProbeSession> => {
      if (!isPostgres(login.engine)) {
        throw new MusterError(
          'MUSTER_DRILL_FAILED',
          `no driver for ${login.engine}: its databases cannot be queried yet`,
        );
      }
      const { connectPostgres } = await import('./postgres.ts');
      return connectPostgres(login, { ...PROBE_LIMITS, ...limits });
    },
  };
}

function isPostgres(engine: string): boolean {
  return engine === 'postgres' || engine === 'aurora-postgresql';
}
