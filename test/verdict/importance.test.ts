/** What a database is worth, told by facts; one that AWS does not tell is left out. */

import { expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { ClusterMember, Database } from '../../src/inventory/model.ts';
import { importanceOf } from '../../src/verdict/importance.ts';
import { aCluster, aDatabase, NOW } from '../support/builders.ts';

const SILENT: Partial<Database> = { createdAt: null, storageGib: null, instanceClass: null, members: [] };
const [writer] = aCluster().members as [ClusterMember];

it.each<[string, Partial<Database>, readonly string[]]>([
  ['nothing that AWS tells', {}, []],
  ['its age, before a day is over', { createdAt: addSeconds(NOW, -86_399) }, ['created 0 days ago']],
  ['its age of a day', { createdAt: addDays(NOW, -1) }, ['created 1 day ago']],
  ['its age in days', { createdAt: addDays(NOW, -732) }, ['created 732 days ago']],
  ['its size', { storageGib: 20 }, ['20 GiB allocated']],
  ['its class', { instanceClass: 'db.m6g.large' }, ['db.m6g.large']],
  ['its only instance', { members: [writer] }, ['db.r6g.large', '1 instance']],
  [
    'its instances, each class once',
    { members: [writer, { ...writer, instanceClass: 'db.t4g.medium' }, writer] },
    ['db.r6g.large, db.t4g.medium', '3 instances'],
  ],
  ['an instance of a class that AWS does not tell', { members: [{ ...writer, instanceClass: null }] }, ['1 instance']],
  ['its second zone', { multiAz: true }, ['Multi-AZ']],
  ['its only replica', { replicas: ['a'] }, ['1 read replica']],
  ['its replicas', { replicas: ['a', 'b'] }, ['2 read replicas']],
  [
    'its global database',
    { globalClusterArn: 'arn:aws:rds::123456789012:global-cluster:g' },
    ['part of a global database'],
  ],
  ['its most connections', { connectionsMax: 42 }, ['up to 42 connections at once in the day before it was read']],
  ['its only connection', { connectionsMax: 1 }, ['up to 1 connection at once in the day before it was read']],
  ['that nobody was connected', { connectionsMax: 0 }, ['no connection seen in the day before it was read']],
])('importance is %s', (_, fields, facts) => {
  expect(importanceOf(aDatabase({ ...SILENT, ...fields }), NOW)).toEqual(facts);
});
