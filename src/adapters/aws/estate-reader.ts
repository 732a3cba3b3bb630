/**
 * Reads everything in one account and region, behind the `EstateReader` port.
 *
 * STS first: without knowing whose account answers, nothing else means anything, so a failure there is an
 * error. After that RDS and AWS Backup side by side, then the keys they depend on; a failure there is a
 * gap. Importing this file loads neither the SDK nor the readers.
 * Source: AWS STS API, GetCallerIdentity (needs no permission).
 */

import type { EstateReader } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import type { Instant } from '../../core/time.ts';
import { assemble } from '../../inventory/assemble.ts';
import type { Inventory, Principal } from '../../inventory/model.ts';
import type { Clients } from './clients.ts';
import { toMusterError } from './faults.ts';

/** A reader of the account and region that the clients are set up for. */
export function createEstateReader(clients: Clients): EstateReader {
  return {
    read: async (at: Instant, progress: (what: string) => void = () => {}): Promise<Inventory> => {
      const region = await clients.region();
      const endpoint = await clients.endpoint();
      progress(`identity at ${endpoint ?? `AWS in ${region}`}`);
      const principal = await readPrincipal(clients, endpoint ?? `AWS STS in ${region}`);
      const scope = { accountId: principal.accountId, region };

      const [{ readRds }, { readBackup }, { readKeys }] = await Promise.all([
        import('./rds-reader.ts'),
        import('./backup-reader.ts'),
        import('./key-reader.ts'),
      ]);
      const [rds, backup] = await Promise.all([
        readRds(clients, scope, progress),
        readBackup(clients, scope, at, progress),
      ]);
      const inUse = [...rds.databases, ...rds.snapshots, ...rds.automatedBackups, ...backup.points];
      const keys = await readKeys(
        clients,
        scope,
        inUse.map(({ keyArn }) => keyArn),
        progress,
      );
      return assemble({
        observedAt: at,
        endpoint,
        principal,
        scopes: [scope],
        databases: rds.databases,
        snapshots: rds.snapshots,
        automatedBackups: rds.automatedBackups,
        vaultPoints: backup.points,
        vaults: backup.vaults,
        quotas: [],
        keys: keys.keys,
        gaps: [...rds.gaps, ...backup.gaps, ...keys.gaps],
      });
    },
  };
}

async function readPrincipal(clients: Clients, endpoint: string): Promise<Principal> {
  const sts = await clients.sts();
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const { callerIdentity } = await import('./schema.ts');
  let answer: unknown;
  try {
    answer = await sts.send(new GetCallerIdentityCommand({}));
  } catch (error) {
    throw toMusterError(error, {
      action: 'sts:GetCallerIdentity',
      endpoint,
      refusedCode: 'MUSTER_CREDENTIALS_MISSING',
    });
  }
  const parsed = callerIdentity.safeParse(answer);
  if (!parsed.success) {
    throw new MusterError(
      'MUSTER_ENDPOINT_UNREACHABLE',
      `${endpoint} does not answer as AWS does: it names no account`,
    );
  }
  return { arn: parsed.data.Arn, accountId: parsed.data.Account };
}
