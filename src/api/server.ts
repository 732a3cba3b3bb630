/**
 * The API: one Fastify server, made of parts that each do one thing, in the order in which a request meets them.
 *
 * Draining, unknown paths, who asks, the body, the idempotency key, the route. Time-outs and sizes are bounded from the first
 * byte on. What a route does is told in `routes/`; what reaches the process from outside is in `ApiWorld`.
 */

import { type FastifyInstance, fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { createTokenCheck } from '../app/manage-tokens.ts';
import type { Randomness } from '../app/ports.ts';
import { type Answering, answerBadPath, answerWith } from './answering.ts';
import { guardRoutes } from './auth.ts';
import { acceptJson } from './body.ts';
import { createUnderWay, prepareDrain } from './drain.ts';
import { addHealth } from './health.ts';
import { heedKeys } from './idempotency.ts';
import { createLimiter, DEFAULT_RATE_LIMITS } from './limits.ts';
import { AccessLog, createLogger, NO_ROUTE } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { addMetrics } from './observe.ts';
import { type ApiBounds, type ApiOptions, DEFAULT_BOUNDS } from './options.ts';
import { answerClientErrors, refuseUnknown } from './refusals.ts';
import { securityHeaders } from './security-headers.ts';
import type { ApiWorld } from './world.ts';

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics;
  }
}

type ServerOptions = ApiBounds & Required<Pick<ApiOptions, 'trustProxy'>>;

/** Longer than any id or ARN. */
const PARAMETER_LENGTH_MAX = 512;
const RUN_NAME_LENGTH = 8;

/**
 * Builds the API; it does not listen yet.
 *
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` when a route names no scope.
 */
export async function createApi(world: ApiWorld, options: ApiOptions = {}): Promise<FastifyInstance> {
  const bounds: ApiBounds = { ...DEFAULT_BOUNDS, ...options };
  const [underWay, headers] = [createUnderWay(), await securityHeaders()];
  const answering: Answering = { metrics: createMetrics(), accessLog: new AccessLog(), underWay, headers };
  const app = createServer(world, { ...bounds, trustProxy: options.trustProxy ?? false }, answering);
  app.decorate('metrics', answering.metrics);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerWith(app, answering);
  prepareDrain(app, underWay);
  refuseUnknown(app);
  const limiter = await createLimiter(app, { ...DEFAULT_RATE_LIMITS, ...options.rateLimit }, world.clock);
  const tokens = options.tokens ?? createTokenCheck(world);
  guardRoutes(app, { tokens, identityProvider: world.identityProvider, limiter });
  acceptJson(app);
  heedKeys(app, world);
  boundAnswers(app, bounds.answerSecondsMax);
  addHealth(app, world, bounds.probeSecondsMax);
  addMetrics(app, world);
  const routes = options.routes ?? (await import('./routes/register.ts')).registerRoutes;
  await routes(app, world);
  return app;
}

function createServer(world: ApiWorld, options: ServerOptions, answering: Answering): FastifyInstance {
  const { trustProxy } = options;
  const logger = createLogger(world);
  const refused = (status: number) => {
    answering.metrics.answered({ route: NO_ROUTE, method: 'other', status, seconds: 0 });
    logger.info({ request: null, caller: null, method: null, route: NO_ROUTE, status });
  };
  const app: FastifyInstance = fastify({
    ...boundsOf(options),
    loggerInstance: logger,
    logController: answering.accessLog,
    // A logger for each request would cost more than its one line; lines name their request themselves.
    childLoggerFactory: (parent) => parent,
    genReqId: requestNames(world.randomness),
    trustProxy: typeof trustProxy === 'boolean' ? trustProxy : [...trustProxy],
    return503OnClosing: false,
    // Whoever is to have an answer has it by then: see drain.ts.
    forceCloseConnections: true,
    frameworkErrors: answerBadPath(answering),
    clientErrorHandler: answerClientErrors(refused),
  });
  app.server.maxConnections = options.connectionsMax;
  return app;
}

/** The bounds as Fastify and Node name them, in milliseconds. */
function boundsOf(bounds: ApiBounds) {
  const requestTimeout = bounds.requestSecondsMax * 1_000;
  return {
    bodyLimit: bounds.bodyBytesMax,
    requestTimeout,
    keepAliveTimeout: bounds.idleSecondsMax * 1_000,
    maxRequestsPerSocket: bounds.requestsPerConnectionMax,
    http: {
      // Node refuses a time for the headers that is longer than that for the whole.
      headersTimeout: Math.min(bounds.headersSecondsMax * 1_000, requestTimeout),
      requestTimeout,
      connectionsCheckingInterval: bounds.checkSeconds * 1_000,
    },
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
  };
}

/** Names that no other request has: by chance for the process, by number within it. What a client sends is not heeded. */
function requestNames({ token }: Randomness): () => string {
  const run = token(RUN_NAME_LENGTH);
  let count = 0;
  return () => {
    count += 1;
    return `${run}-${count.toString(36)}`;
  };
}

/** A read is answered from what is known; whatever else hangs is given up, so that its caller can ask again. */
function boundAnswers(app: FastifyInstance, seconds: number): void {
  app.addHook('onRoute', (route) => {
    const isRead = [route.method].flat().every((method) => method === 'GET' || method === 'HEAD');
    if (!isRead) route.handlerTimeout ??= seconds * 1_000;
  });
}
