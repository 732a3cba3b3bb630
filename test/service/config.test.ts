/** The service file: defaults, what is accepted, what is refused and how that is said. */

import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { DEFAULT_SERVICE, parseService } from '../../src/service/config.ts';
import { schedulesOf } from '../../src/service/schedules.ts';
import { BILLING_DRILL } from '../support/service-world.ts';

function refusal(text: string): string {
  try {
    parseService(text, 'serve.yaml');
  } catch (error) {
    if (error instanceof MusterError && error.code === 'MUSTER_SERVICE_INVALID') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a service file', () => {
  it('without a word in it asks for the defaults', () => {
    expect({ ...parseService('# nothing\n{}', 'a'), origin: '' }).toEqual({ ...DEFAULT_SERVICE, origin: '' });
    expect(DEFAULT_SERVICE).toMatchObject({
      listen: { host: '127.0.0.1', port: 8787 },
      schedules: { inventory: '*/15 * * * *', countdown: '*/5 * * * *', sweep: '17 * * * *', verify: '41 3 * * *' },
      jitterSeconds: 30,
      concurrency: 4,
      alerts: { source: 'muster', endingDays: [14, 7, 3, 1], heartbeat: null },
      oidc: null,
    });
  });

  it('that uses everything is read', () => {
    const config = parseService(
      `
version: 1
listen: "[::]:9000"
policy: policy.yaml
regions: [eu-west-1, us-gov-east-1]
roles: ["arn:aws:iam::123456789012:role/reader"]
externalId: shared
schedules:
  inventory: "*/10 * * * *"
  archive: { schedule: "5 * * * *", to: s3://evidence/muster }
drills: [{ definition: drills/nightly.yaml }]
jitterSeconds: 0
alerts:
  source: https://muster.example/prod
  webhooks: [{ name: pager, url: https://pager.example/hook, secretEnv: PAGER_SECRET, level: critical }]
  sns: [{ name: ops, topicArn: "arn:aws:sns:eu-west-1:123456789012:ops.fifo" }]
  slack: [{ name: chat, urlEnv: SLACK_URL, types: [dev.muster.chain.broken.v1] }]
  heartbeat: { urlEnv: HEARTBEAT_URL }
  endingDays: [1, 30, 30]
oidc:
  issuer: https://issuer.example
  audience: muster
  scopes: { map: { "muster:read": [read], deployers: [read, gate] } }
api: { rateLimitPerMinute: 60, bodyMaxMb: 32, trustProxy: [10.0.0.0/8] }
`,
      'serve.yaml',
    );
    expect(config.listen).toEqual({ host: '::', port: 9000 });
    expect(config.alerts.endingDays).toEqual([30, 1]);
    expect(config.oidc).toMatchObject({
      subject: 'sub',
      scopes: { claim: 'scope', map: { deployers: ['read', 'gate'] } },
    });
    expect(config.schedules.countdown).toBe('*/5 * * * *');
  });

  it('with an unknown key is refused, at its place and with the keys that there are', () => {
    expect(refusal('jitterSeconds: 1\nworkers: 3\n')).toMatch(
      /^serve\.yaml:2:1: the file: the key "workers" is unknown, expected one of version, listen, /,
    );
  });

  it.each([
    ['listen: 8787', /^serve\.yaml:1:9: listen: 8787, expected an address and a port/],
    ['listen: "[127.0.0.1]:80"', /expected an address and a port/],
    ['listen: "localhost:70000"', /expected an address and a port/],
    ['schedules: { inventory: "* * * *" }', /schedules\.inventory: .*expected five fields/],
    ['schedules: { sweep: "0 0 30 2 *" }', /schedules\.sweep: .*a line that comes at all/],
    ['schedules: { archive: { schedule: "0 0 * * *", to: /tmp } }', /schedules\.archive\.to: .*s3:\/\/bucket/],
    ['concurrency: 0', /concurrency: 0, expected a whole number from 1 to 64/],
    ['regions: [moon]', /regions\.0: "moon", expected a region/],
    ['alerts: { heartbeat: {} }', /alerts\.heartbeat: .*either url or urlEnv/],
    ['alerts: { slack: [{ name: Chat, urlEnv: A }] }', /alerts\.slack\.0\.name: "Chat", expected a name/],
    ['oidc: { issuer: https://a.example, audience: a, scopes: { map: { a: [admin] } } }', /expected one of read, gate/],
  ])('that says %s is refused', (text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it('with two receivers of one name is refused, whatever their kinds', () => {
    const text = `alerts:
  slack: [{ name: ops, urlEnv: A }]
  sns: [{ name: ops, topicArn: "arn:aws:sns:eu-west-1:123456789012:ops" }]`;
    expect(refusal(text)).toContain('two receivers are called "ops"');
  });
});

describe('what may be a secret', () => {
  const SECRET = 's3cr3t-value-of-mine';

  it.each([
    ['the name of a variable', `alerts: { webhooks: [{ name: a, url: https://a.example, secretEnv: ${SECRET} }] }`],
    ['the name of a variable', `alerts: { slack: [{ name: a, urlEnv: https://hooks.example/${SECRET} }] }`],
    ['a URL', `alerts: { webhooks: [{ name: a, url: https://me:${SECRET}@a.example }] }`],
    ['a URL', `alerts: { webhooks: [{ name: a, url: http://a.example/${SECRET} }] }`],
    ['a heartbeat', `alerts: { heartbeat: { url: ftp://a.example/${SECRET} } }`],
    ['an external id', `roles: ["arn:aws:iam::123456789012:role/r"]\nexternalId: "${SECRET} !"`],
  ])('is not repeated when it stands in place of %s', (_what, text) => {
    const message = refusal(text);
    expect(message).not.toContain(SECRET);
    expect(message).toContain('may be a secret and is not repeated');
  });

  it('may be sent to this machine itself without TLS', () => {
    const config = parseService('alerts: { webhooks: [{ name: a, url: "http://127.0.0.1:9/x" }] }', 'serve.yaml');
    expect(config.alerts.webhooks).toHaveLength(1);
  });
});

describe('definitions', () => {
  it('without a schedule are refused', () => {
    expect(() => schedulesOf(DEFAULT_SERVICE, [{ ...BILLING_DRILL, schedule: null }])).toThrow(
      'nightly.yaml: schedule: missing, expected a cron line',
    );
  });

  it('of one name are refused', () => {
    expect(() => schedulesOf(DEFAULT_SERVICE, [BILLING_DRILL, BILLING_DRILL])).toThrow(
      'bears the name of another definition, "nightly"',
    );
  });
});
