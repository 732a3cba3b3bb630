/**
 * The headers that keep an answer from being used as anything but data.
 *
 * Helmet makes them. They are the same for every answer, so Helmet is asked once, by a server of its own that answers one
 * request in memory, and its headers are put on every answer: its two asynchronous hooks would cost each request as much as
 * finding out who asks.
 */

import helmet from '@fastify/helmet';
import { fastify } from 'fastify';

const NAMES = [
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
] as const;

/** The headers, by name in lower case. */
export async function securityHeaders(): Promise<Readonly<Record<string, string>>> {
  const app = fastify();
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
  });
  app.get('/', async () => '');
  const { headers } = await app.inject('/');
  await app.close();
  return Object.fromEntries(NAMES.map((name) => [name, String(headers[name])]));
}
