/**
 * `GET /v1/databases` and `GET /v1/databases/{resourceId}`: current readiness.
 *
 * Shown from a board that is judged for everybody. The answer about one database is text already when it is asked for, and
 * goes out as it stands.
 */

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { Board, BoardSummary, ReadinessBoard } from '../../app/readiness-board.ts';
import { MusterError } from '../../core/errors.ts';
import type { Inventory } from '../../inventory/model.ts';
import { NO_STORE, sendJson } from '../reply.ts';
import { databaseNow, databasePage, databaseQuery } from '../wire/estate.ts';
import { boardOf, pageOf } from './asking.ts';
import { operation } from './operation.ts';

/** How many gaps may hide what. */
export function unseenOf({ gaps }: Pick<Inventory, 'gaps'>) {
  const count = (hidden: string) => gaps.filter(({ hides }) => hides === hidden).length;
  return { survivors: count('survivors'), threats: count('threats'), databases: count('databases') };
}

/** The routes. */
export function databaseRoutes(plain: FastifyInstance, boards: ReadinessBoard): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get('/v1/databases', LIST, async ({ query }, reply) => {
    const board = await boardOf(boards);
    return sendJson(reply, JSON.stringify(pageOn(board, query)), { cacheControl: NO_STORE });
  });
  app.get('/v1/databases/:resourceId', SHOW, (request, reply) => {
    const { resourceId } = request.params;
    const held = boards.held();
    if (held !== null) return sendDatabase(held, resourceId, reply);
    return boardOf(boards).then((board) => sendDatabase(board, resourceId, reply));
  });
}

function sendDatabase(board: Board, name: string, reply: Parameters<typeof sendJson>[0]) {
  const text = board.database(name);
  if (text === null) throw notFound(board, name);
  return sendJson(reply, text, { cacheControl: NO_STORE });
}

function pageOn(board: Board, query: z.output<typeof databaseQuery>) {
  const asked = board.summaries.filter((summary) => isAsked(summary, query));
  const { items, next } = pageOf(asked, query, { keyOf: ({ arn }) => arn, inOrder: true });
  const { at, verdict, policyDigest, inventory } = board;
  return { formatVersion: '1', at, verdict, policyDigest, unseen: unseenOf(inventory), databases: items, next };
}

function isAsked(
  { verdict, scope }: BoardSummary,
  { verdict: ofVerdict, account, region }: z.output<typeof databaseQuery>,
): boolean {
  return (
    (ofVerdict === undefined || verdict === ofVerdict) &&
    (account === undefined || scope.accountId === account) &&
    (region === undefined || scope.region === region)
  );
}

function notFound({ inventory }: Board, name: string): MusterError {
  const { databases } = unseenOf(inventory);
  const hidden = databases === 0 ? '' : `; ${databases} listings that may hold it could not be read`;
  const problem = `no one database that is known has the resource id or ARN ${JSON.stringify(name)}${hidden}`;
  return new MusterError('MUSTER_DATABASE_NOT_FOUND', problem);
}

const LIST = operation({
  id: 'listDatabases',
  tag: 'databases',
  summary: 'The current readiness of every database, by ARN',
  scope: 'read',
  takes: { querystring: databaseQuery },
  answers: { 200: ['A page of databases', databasePage] },
});

const SHOW = operation({
  id: 'getDatabase',
  tag: 'databases',
  summary: 'The current readiness of one database, with everything it rests on',
  scope: 'read',
  takes: {
    params: z.strictObject({
      resourceId: z.string().min(1).max(512).meta({ description: 'DbiResourceId, DbClusterResourceId, or the ARN' }),
    }),
  },
  answers: { 200: ['The database, judged', databaseNow] },
  problems: [404],
});
