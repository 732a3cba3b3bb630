/**
 * `/v1/approvals`: a person's receipt for one change.
 *
 * Muster approves nothing: it writes down that somebody did, by the name that their token or their identity provider bears.
 * A receipt is for the very decision that the person was shown, and only while that is the newest one.
 */

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { approveChange } from '../../app/approve-change.ts';
import { newestDecision } from '../../app/find-decision.ts';
import { digestOf } from '../../core/canonical.ts';
import { Problem } from '../problem.ts';
import { NO_STORE, sendJson } from '../reply.ts';
import { approval, approvalRequest, approvals } from '../wire/answers.ts';
import { paging } from '../wire/parts.ts';
import type { ApiWorld } from '../world.ts';
import { callerOf, pageOf } from './asking.ts';
import { operation } from './operation.ts';

/** The routes. */
export function approvalRoutes(plain: FastifyInstance, world: ApiWorld): void {
  const { store, clock } = world;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.post('/v1/approvals', APPROVE, async (request, reply) => {
    const { changeDigest, decisionDigest, note = null } = request.body;
    const decided = await newestDecision(changeDigest, store);
    const newest = digestOf(decided);
    if (newest !== decisionDigest) {
      throw new Problem(
        'conflict',
        `body/decisionDigest: the newest decision on this change is ${newest}; read it first`,
      );
    }
    const { name, identifiedBy } = callerOf(request);
    const receipt = await approveChange(decided, { approver: name, identifiedBy, note }, { clock, store });
    return sendJson(reply, JSON.stringify(receipt), { status: 201, cacheControl: NO_STORE });
  });
  app.get('/v1/approvals', LIST, async ({ query }, reply) => {
    const digits = query.changeDigest?.replace(/^sha256:/, '').toLowerCase() ?? '';
    const newest = [...(await store.approvals())].reverse();
    const asked = newest.filter(({ changeDigest }) => changeDigest.startsWith(`sha256:${digits}`));
    const { items, next } = pageOf(asked, query, { keyOf: digestOf, inOrder: false });
    return sendJson(reply, JSON.stringify({ formatVersion: '1', approvals: items, next }), { cacheControl: NO_STORE });
  });
}

const APPROVE = operation({
  id: 'approve',
  tag: 'decisions',
  summary: "Keep a person's receipt for one change",
  description: 'Bears the name of the token or of the identity provider. Ends with the decision that it is given on.',
  scope: 'approve',
  takes: { body: approvalRequest },
  answers: { 201: ['The receipt', approval] },
  problems: [404, 409],
  idempotent: true,
});

const LIST = operation({
  id: 'listApprovals',
  tag: 'decisions',
  summary: 'Receipts, newest first',
  scope: 'read',
  takes: {
    querystring: z.strictObject({
      ...paging,
      changeDigest: z
        .string()
        .regex(/^(?:sha256:)?[0-9a-fA-F]{12,64}$/)
        .optional()
        .meta({ description: 'Digest of the change, or its first 12 hex digits or more' }),
    }),
  },
  answers: { 200: ['A page of receipts', approvals] },
});
