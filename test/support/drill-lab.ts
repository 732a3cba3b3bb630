/**
 * A lab over HTTP for the drill commands, and a look at what they leave in it.
 *
 * What stands is asked of the lab as any AWS client would; what was called is read from the lab's own ledger.
 */

import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import { LEASE_SECONDS } from '../../src/drill/journal.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { ledger } from '../../src/lab/ledger.ts';
import { CLUSTER, eventually, type Sandbox } from './cli.ts';
import { rewrite, stateFolder } from './stored.ts';

/** A bound for a whole drill on a busy machine, not a measurement. */
export const DRILL_TIMEOUT = 100_000;
/** The instance of the lab's estate that is well kept. */
export const INSTANCE = 'billing-production';
/** Everything that stands before a drill, sorted. */
export const ESTATE = [INSTANCE, 'course-management-instance-0', CLUSTER];

/** A lab and a client of it. */
export interface DrillLab {
  readonly lab: Lab;
  readonly rds: RDSClient;
  /** Identifiers of every instance and cluster, sorted. */
  databases(): Promise<string[]>;
  /** Waits until a scratch stands whose id ends as wanted. */
  scratch(ending: RegExp): Promise<string>;
  /** Every call that could have changed something, oldest first. */
  writes(): string[];
  close(): Promise<void>;
}

/** Starts it with the estate of the story. */
export async function startDrillLab(): Promise<DrillLab> {
  const lab = await startLab({ estate: 'datatalks' });
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  const rds = new RDSClient({ region: lab.region, endpoint: lab.endpoint, credentials });
  const databases = async () => {
    const [clusters, instances] = [
      await rds.send(new DescribeDBClustersCommand({})),
      await rds.send(new DescribeDBInstancesCommand({})),
    ];
    return [
      ...(clusters.DBClusters ?? []).map((found) => found.DBClusterIdentifier ?? ''),
      ...(instances.DBInstances ?? []).map((found) => found.DBInstanceIdentifier ?? ''),
    ].sort();
  };
  return {
    lab,
    rds,
    databases,
    scratch: (ending) => {
      const isScratch = (id: string) => id.startsWith('muster-scratch-') && ending.test(id);
      return eventually(async () => (await databases()).find(isScratch) ?? null);
    },
    writes: () => ledger(lab.world()).map(({ action }) => action),
    close: async () => {
      rds.destroy();
      await lab.close();
    },
  };
}

/** Makes every sign of whatever run wrote the journal old enough for another run to take over. */
export function outlastLease(sandbox: Sandbox): void {
  const silent = (at: unknown) => addSeconds(at as Instant, -LEASE_SECONDS - 1);
  rewrite(
    stateFolder(sandbox),
    ({ kind }) => kind === 'journal',
    (body) => ({ ...body, at: silent(body['at']) }),
  );
}
