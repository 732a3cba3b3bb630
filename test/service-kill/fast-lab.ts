/**
 * The story's estate over HTTP on a clock of the caller's, and a webhook that takes alerts.
 *
 * As `startLab` does it, whose clock is the machine's.
 */

import { createServer, type Server } from 'node:http';
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { Clock } from '../../src/app/ports.ts';
import { estateNamed } from '../../src/lab/estates/estates.ts';
import { startHost } from '../../src/lab/host.ts';
import { listen, stopListening } from '../../src/lab/http.ts';
import { PgliteEngine } from '../../src/lab/pglite-engine.ts';

/** A lab that serves. */
export interface FastLab {
  readonly endpoint: string;
  readonly region: string;
  /** Identifiers of every instance and cluster, sorted. */
  databases(): Promise<string[]>;
  /** Switches the deletion protection of that instance, which is told when somebody looks. */
  protect(identifier: string, isProtected: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Starts it. */
export async function startFastLab(clock: Pick<Clock, 'now'>): Promise<FastLab> {
  const estate = estateNamed('datatalks')(clock.now());
  const engine = new PgliteEngine();
  const host = startHost({ estate, pace: 'brisk', engine, now: clock.now });
  const { server, port } = await listen(host, 0);
  await host.opened;
  const endpoint = `http://127.0.0.1:${port}`;
  const { region } = estate.place.scope;
  const rds = new RDSClient({ region, endpoint, credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' } });
  return {
    endpoint,
    region,
    databases: async () => {
      const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({}));
      const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
      const names = [
        ...DBClusters.map((one) => one.DBClusterIdentifier),
        ...DBInstances.map((one) => one.DBInstanceIdentifier),
      ];
      return names.map((name) => name ?? '').sort();
    },
    protect: async (identifier, isProtected) => {
      await rds.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: identifier,
          DeletionProtection: isProtected,
          ApplyImmediately: true,
        }),
      );
    },
    close: async () => {
      rds.destroy();
      await stopListening(server);
      await engine.close();
    },
  };
}

/** A receiver of alerts. */
export interface Webhook {
  readonly url: string;
  /** The id of every alert that came, in the order in which they came. */
  readonly delivered: readonly string[];
  close(): Promise<void>;
}

/** Starts it. */
export async function startWebhook(): Promise<Webhook> {
  const delivered: string[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string };
      delivered.push(id);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/alerts`, delivered, close: () => stopListening(server) };
}
