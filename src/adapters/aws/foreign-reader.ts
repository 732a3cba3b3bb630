/**
 * Counts what shares the RDS API but is not RDS: clusters and instances of Neptune and DocumentDB.
 *
 * They are out of Muster's scope, and are named so that nobody takes silence for safety. A count that AWS does not
 * give hides nothing Muster judges, so it is left out and is no gap.
 * Source: Amazon RDS API 2014-10-31, DescribeDBClusters and DescribeDBInstances (filter `engine`).
 */

import type { RDSClient } from '@aws-sdk/client-rds';
import type * as z from 'zod';
import type { Scope } from '../../core/arn.ts';
import { compareCodeUnits } from '../../core/canonical.ts';
import type { OutOfScope } from '../../inventory/model.ts';
import type { Clients } from './clients.ts';
import { type ListingRequest, observe } from './listing.ts';
import { engineOnly } from './schema.ts';
import { FOREIGN_ENGINES, isForeignEngine } from './to-model.ts';

type Sdk = typeof import('@aws-sdk/client-rds');
type Engine = z.infer<typeof engineOnly>;

/** One entry for each such engine that is there. */
export async function readForeign(clients: Clients, scope: Scope): Promise<readonly OutOfScope[]> {
  const rds = await clients.rds();
  const sdk = await import('@aws-sdk/client-rds');
  const [clusters, instances] = await Promise.all([
    observe(clustersOf(sdk, rds, scope)),
    observe(instancesOf(sdk, rds, scope)),
  ]);
  const counts = new Map<string, number>();
  for (const { Engine } of [...clusters.values, ...instances.values]) {
    // An endpoint that ignores the filter shows everything.
    if (isForeignEngine(Engine)) counts.set(Engine, (counts.get(Engine) ?? 0) + 1);
  }
  const { accountId, region } = scope;
  return [...counts]
    .sort(([a], [b]) => compareCodeUnits(a, b))
    .map(([engine, count]) => ({ accountId, region, engine, count }));
}

const Filters = [{ Name: 'engine', Values: [...FOREIGN_ENGINES] }];

function clustersOf(sdk: Sdk, rds: RDSClient, scope: Scope): ListingRequest<Engine> {
  return {
    scope,
    action: 'rds:DescribeDBClusters',
    what: 'clusters out of scope',
    hides: 'survivors',
    schema: engineOnly,
    fetchPage: async (marker) => {
      const answer = await rds.send(
        new sdk.DescribeDBClustersCommand(marker === undefined ? { Filters } : { Filters, Marker: marker }),
      );
      return { items: answer.DBClusters, next: answer.Marker };
    },
  };
}

function instancesOf(sdk: Sdk, rds: RDSClient, scope: Scope): ListingRequest<Engine> {
  return {
    scope,
    action: 'rds:DescribeDBInstances',
    what: 'instances out of scope',
    hides: 'survivors',
    schema: engineOnly,
    fetchPage: async (marker) => {
      const answer = await rds.send(
        new sdk.DescribeDBInstancesCommand(marker === undefined ? { Filters } : { Filters, Marker: marker }),
      );
      return { items: answer.DBInstances, next: answer.Marker };
    },
  };
}
