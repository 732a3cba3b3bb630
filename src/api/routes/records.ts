/**
 * `/v1/evidence/{id}` and `/v1/audit`: what verdicts cite, and the chain that keeps it.
 *
 * The audit trail shows links without bodies. Verifying the chain reads all of it: it is done once for everybody who asks
 * within a minute.
 */

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { verifyRecords } from '../../app/verify-records.ts';
import type { Digest } from '../../core/canonical.ts';
import type { ChainRecord } from '../../evidence/chain.ts';
import { Problem } from '../problem.ts';
import { NO_STORE, sendJson } from '../reply.ts';
import { auditPage, auditQuery, auditVerification, evidenceRecord } from '../wire/records.ts';
import type { ApiWorld } from '../world.ts';
import type { DecisionIndex } from './decision-index.ts';
import { findDrill } from './drills.ts';
import { keptFor } from './kept-for.ts';
import { operation } from './operation.ts';

const VERIFIED_SECONDS = 60;
const OF_DRILL = 'drill:';

/** The routes. */
export function recordRoutes(plain: FastifyInstance, world: ApiWorld, decisions: DecisionIndex): void {
  const { chain } = world.store;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get('/v1/evidence/:id', EVIDENCE, async ({ params }, reply) => {
    const found = await evidenceOf(params.id, world, decisions);
    return sendJson(reply, JSON.stringify(found), { cacheControl: NO_STORE });
  });
  app.get('/v1/audit', AUDIT, async ({ query }, reply) => {
    const head = await chain.head();
    const records = await linksAfter(world, query);
    const last = records.at(-1)?.seq ?? null;
    const next = last !== null && head !== null && last < head.seq ? last : null;
    const page = {
      formatVersion: '1',
      head: head && { seq: head.seq, digest: head.digest, at: head.at },
      records,
      next,
    };
    return sendJson(reply, JSON.stringify(page), { cacheControl: NO_STORE });
  });
  const verify = async () => {
    const read = (after: number) => chain.read(after);
    const found = await verifyRecords({ read, head: () => chain.head(), trusted: null, at: world.clock.now() });
    return JSON.stringify(found);
  };
  const verified = keptFor(VERIFIED_SECONDS, verify, world.clock);
  app.get('/v1/audit/verification', VERIFY, async (_, reply) =>
    sendJson(reply, await verified(), { cacheControl: NO_STORE }),
  );
}

async function evidenceOf(id: string, { store }: ApiWorld, decisions: DecisionIndex) {
  if (digestForm.test(id)) {
    const { document } = await decisions.find(id as Digest);
    return { formatVersion: '1', kind: 'decision', id, digest: id, record: document };
  }
  const drill = await findDrill(id.startsWith(OF_DRILL) ? id.slice(OF_DRILL.length) : id, store);
  if (drill === null) throw new Problem('not_found', 'no drill of that id and no decision of that digest is on record');
  return { formatVersion: '1', kind: 'drill', id: `${OF_DRILL}${drill.drillId}`, digest: drill.digest, record: drill };
}

const digestForm = /^sha256:[0-9a-f]{64}$/;

async function linksAfter({ store }: ApiWorld, { after, limit }: z.output<typeof auditQuery>) {
  const links: ReturnType<typeof linkOf>[] = [];
  for await (const record of store.chain.read(after)) {
    links.push(linkOf(record));
    if (links.length >= limit) break;
  }
  return links;
}

function linkOf({ seq, at, kind, key, previous, digest, bodyDigest, body }: ChainRecord) {
  return { seq, at, kind, key, previous, digest, bodyDigest, erased: body === null };
}

const EVIDENCE = operation({
  id: 'getEvidence',
  tag: 'records',
  summary: 'One record that verdicts cite',
  scope: 'read',
  takes: {
    params: z.strictObject({
      id: z.string().min(1).max(255).meta({ description: 'drill:ID, the id of a drill, or the digest of a decision' }),
    }),
  },
  answers: { 200: ['The record, with its digest', evidenceRecord] },
  problems: [404],
});

const AUDIT = operation({
  id: 'listRecords',
  tag: 'records',
  summary: 'The chain of records, without their bodies',
  scope: 'read',
  takes: { querystring: auditQuery },
  answers: { 200: ['A part of the chain', auditPage] },
});

const VERIFY = operation({
  id: 'verifyRecords',
  tag: 'records',
  summary: 'Is the chain whole, and how far is it sealed?',
  description: `Says so as of at, which may be ${VERIFIED_SECONDS} seconds ago. Takes the chain's own word for its first key; muster verify --keys does not.`,
  scope: 'read',
  answers: { 200: ['What verifying it found', auditVerification] },
});
