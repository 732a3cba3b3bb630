/**
 * The founding incident over HTTP: a plan of `terraform destroy`, judged by what the lab shows at that moment.
 *
 * Nothing is known when the question comes, so that everything the change touches is read through the real readers.
 */

import { readFileSync } from 'node:fs';
import { ModifyDBClusterCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAuthorityReader } from '../../../src/adapters/aws/authority-reader.ts';
import { type Clients, createClients } from '../../../src/adapters/aws/clients.ts';
import { createPlaceReader } from '../../../src/adapters/aws/place-reader.ts';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createMemoryStore } from '../../../src/adapters/store/memory-store.ts';
import { MusterError } from '../../../src/core/errors.ts';
import { type Lab, startLab } from '../../../src/lab/lab.ts';
import { decisionSchema } from '../../contract/decision-schema.ts';
import { type ApiTestWorld, anApiWorld, issueToken } from '../../support/api-world.ts';
import { CANARY, CLUSTER, PLAN } from '../../support/cli.ts';
import { type Asker, anAsker } from './asker.ts';

const CREDENTIALS = { accessKeyId: 'lab', secretAccessKey: 'lab' };
const plan = readFileSync(PLAN, 'utf8');
let lab: Lab;
let clients: Clients;
let asker: Asker;
/** What reaching AWS comes to instead; null for the lab. */
let outage: MusterError | null = null;

beforeAll(async () => {
  lab = await startLab({ estate: 'datatalks' });
  clients = createClients({ endpoint: lab.endpoint, region: lab.region, credentials: CREDENTIALS });
  asker = await anAsker(aLabWorld());
});

afterAll(async () => {
  clients.close();
  await lab.close();
});

function aLabWorld(): ApiTestWorld {
  const clock = { ...systemClock, pass: () => undefined, tick: () => undefined };
  const store = createMemoryStore({ now: clock.now });
  const reach = { regions: [], roleArns: [], externalId: null };
  const places = async () => {
    if (outage !== null) throw outage;
    return createPlaceReader(clients, { reach, clock });
  };
  const world = anApiWorld({ store, places, authority: async () => createAuthorityReader(clients) });
  world.knows(null);
  let tokens = 0;
  const bearer: ApiTestWorld['bearer'] = (...scopes) => {
    tokens += 1;
    return issueToken(store, { number: tokens, scopes, at: clock.now() });
  };
  return { ...world, clock, bearer };
}

it('the plan that destroys everything is blocked, with the status of a request that went well', async () => {
  const { status, body, text } = await asker.post('/v1/decisions', { source: 'terraform', plan });
  expect(status, text).toBe(200);
  expect(body).toMatchObject({ decision: 'block', verdict: 'not_ready', endpoint: lab.endpoint });
  expect(decisionSchema.parse(body)).toEqual(body);
  expect(text).toContain(CLUSTER);
  expect(text).not.toContain(CANARY);
  expect(asker.world.lines.join('\n')).not.toContain(CANARY);
});

it('the decision stands while the databases are as they were, and not once one has changed', async () => {
  const { body } = await asker.post('/v1/decisions', { source: 'terraform', plan });
  const recheck = () => asker.post(`/v1/decisions/${body['changeDigest']}/recheck`, { requireFresh: true, plan });
  const first = await recheck();
  expect(first.status, first.text).toBe(200);
  expect(first.body).toMatchObject({ stands: true, fresh: true, causes: [] });
  const rds = new RDSClient({ region: lab.region, endpoint: lab.endpoint, credentials: CREDENTIALS });
  const change = { DBClusterIdentifier: CLUSTER, BackupRetentionPeriod: 3, ApplyImmediately: true };
  await rds.send(new ModifyDBClusterCommand(change));
  rds.destroy();
  expect((await recheck()).body).toMatchObject({ stands: false, causes: [{ cause: 'databases_changed' }] });
});

it('a decision that is to be asked again while AWS is out of reach gets no answer that a gate could take for one', async () => {
  const { body } = await asker.post('/v1/decisions', { source: 'terraform', plan });
  outage = new MusterError('MUSTER_ENDPOINT_UNREACHABLE', 'nothing answers');
  const blind = await asker.post(`/v1/decisions/${body['changeDigest']}/recheck`, { requireFresh: true, plan });
  outage = null;
  expect(blind.status).toBe(503);
  expect(blind.body).toMatchObject({ code: 'MUSTER_ENDPOINT_UNREACHABLE' });
});

it('what a principal may reach is asked of IAM', async () => {
  const principal = 'arn:aws:iam::123456789012:user/nobody-there';
  const argv = ['aws', 'rds', 'delete-db-cluster', '--db-cluster-identifier', CLUSTER, '--skip-final-snapshot'];
  const { status, body } = await asker.post('/v1/decisions', { source: 'command', argv, principal });
  expect(status).toBe(200);
  expect(body).toMatchObject({ decision: 'block', principal });
});
