/**
 * The service file: what `muster serve` reads, how often, whom it tells, and where it listens.
 *
 * Everything has a default; unknown keys are errors. Schedules are cron lines in UTC. Secrets stand in the environment
 * and are named here by the variable that holds them: a value that stands where a name should is refused and never
 * repeated. What names another file is read relative to this one, by whoever reads it.
 */

import * as z from 'zod';
import { ALERT_LEVELS, ALERT_TYPES } from '../alert/alert.ts';
import { MusterError } from '../core/errors.ts';
import { keysOnly, readYaml } from '../core/yaml.ts';
import { TOKEN_SCOPES } from '../evidence/access-token.ts';
import {
  apiLimits,
  cronLine,
  endingDays,
  hostAndPort,
  name,
  regions,
  roles,
  source,
  text,
  trustProxy,
  wholeNumber,
} from './config-parts.ts';
import { refuseSecrets } from './config-secrets.ts';

const LISTEN = '127.0.0.1:8787';

const wanted = {
  types: z
    .array(z.enum(ALERT_TYPES, `one of ${ALERT_TYPES.join(', ')}`), 'a list of types of alerts')
    .min(1)
    .optional(),
  level: z.enum(ALERT_LEVELS, `one of ${ALERT_LEVELS.join(', ')}`).optional(),
};

/** Texts that are held against secrets only once everything else fits: see `refuseSecrets`. */
const unread = (accepted: string) => z.string(accepted);
const ENV = 'the name of an environment variable';

const webhook = keysOnly({ name, url: unread('a URL'), secretEnv: unread(ENV).optional(), ...wanted });
const topic = keysOnly({
  name,
  topicArn: z
    .string('the ARN of an SNS topic')
    .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/, 'the ARN of an SNS topic'),
  ...wanted,
});
const slack = keysOnly({ name, urlEnv: unread(ENV), ...wanted });

const heartbeat = keysOnly({ url: unread('a URL').optional(), urlEnv: unread(ENV).optional() }).refine(
  ({ url, urlEnv }) => (url === undefined) !== (urlEnv === undefined),
  'either url or urlEnv',
);

const alerts = keysOnly({
  source: source.default('muster'),
  webhooks: z.array(webhook, 'a list of webhooks').default([]),
  sns: z.array(topic, 'a list of topics').default([]),
  slack: z.array(slack, 'a list of channels').default([]),
  heartbeat: heartbeat.nullable().default(null),
  endingDays: endingDays.default([14, 7, 3, 1]),
});

const SCOPES = `a list of ${TOKEN_SCOPES.join(', ')}`;
const oidc = keysOnly({
  issuer: z.string('the https URL of the issuer').regex(/^https?:\/\/\S+$/, 'the https URL of the issuer'),
  audience: text('the audience that its tokens must name'),
  /** The claim that says who somebody is. */
  subject: text('the name of a claim').default('sub'),
  scopes: keysOnly({
    claim: text('the name of a claim').default('scope'),
    map: z.record(
      z.string(),
      z.array(z.enum(TOKEN_SCOPES, `one of ${TOKEN_SCOPES.join(', ')}`), SCOPES).min(1, SCOPES),
      'values of that claim, each with a list of scopes',
    ),
  }),
});

const schedules = keysOnly({
  /** Reads every place. */
  inventory: cronLine.default('*/15 * * * *'),
  /** Looks whether anything changed, also what time alone changes. */
  countdown: cronLine.default('*/5 * * * *'),
  /** Removes what drills left behind. */
  sweep: cronLine.default('17 * * * *'),
  /** Verifies the chain. */
  verify: cronLine.default('41 3 * * *'),
  /** Ships the chain. */
  archive: keysOnly({
    schedule: cronLine,
    to: z.string('a URL such as s3://bucket/prefix').regex(/^s3:\/\/[^/\s]+/, 'a URL such as s3://bucket/prefix'),
  })
    .nullable()
    .default(null),
});

const file = keysOnly({
  version: z.literal(1, '1').default(1),
  listen: hostAndPort.prefault(LISTEN),
  /** A policy file; null for the strict default. */
  policy: text('the name of a policy file').nullable().default(null),
  regions: regions.default([]),
  roles: roles.default([]),
  externalId: unread('an external id').nullable().default(null),
  schedules: schedules.prefault({}),
  drills: z
    .array(keysOnly({ definition: text('the name of a drill definition') }), 'a list of definitions')
    .default([]),
  jitterSeconds: wholeNumber(0, 3_600).default(30),
  /** How many jobs one process runs at once. */
  concurrency: wholeNumber(1, 64).default(4),
  alerts: alerts.prefault({}),
  oidc: oidc.nullable().default(null),
  api: keysOnly({ ...apiLimits, trustProxy }).prefault({}),
});

/** A service file as read, defaults filled in. */
export interface ServiceConfig extends Omit<z.infer<typeof file>, 'version'> {
  /** The file's name, or `built-in default`. */
  readonly origin: string;
}

/** Whom the service tells, as the file has it. */
export type AlertsConfig = ServiceConfig['alerts'];

/**
 * Reads a service file.
 *
 * @param origin The file's name, for messages.
 * @throws MusterError `MUSTER_SERVICE_INVALID` naming file, line, column and key, what stands there and what is accepted;
 *   of what may be a secret only the key is named.
 */
export function parseService(text: string, origin: string): ServiceConfig {
  // A file without a word in it asks for nothing but defaults.
  const { version: _, ...read } = readYaml(file, text.trim() === '' ? '{}' : text, origin, 'MUSTER_SERVICE_INVALID');
  const config = { ...read, origin };
  refuseSecrets(config);
  const receivers = [...config.alerts.webhooks, ...config.alerts.sns, ...config.alerts.slack].map((one) => one.name);
  const twice = receivers.find((one, index) => receivers.indexOf(one) !== index);
  if (twice === undefined) return config;
  const problem = `${origin}: alerts: two receivers are called ${JSON.stringify(twice)}, and each needs a name of its own`;
  throw new MusterError('MUSTER_SERVICE_INVALID', problem);
}

/** The service when nobody wrote a file. */
export const DEFAULT_SERVICE: ServiceConfig = parseService('', 'built-in default');
