/**
 * The service file to begin with: what stands in it is taken, and what it offers behind a # would be.
 */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseDefinition } from '../../src/drill/definition.ts';
import { DEFAULT_SERVICE, parseService } from '../../src/service/config.ts';

const TEXT = readFileSync('infra/serve.yaml', 'utf8');
/** Every line that offers a setting, offered no longer: words follow a # and a blank, settings one of these. */
const WHOLE = TEXT.replace(/^(\s*)# (?=(?:roles|policy|archive|drills|alerts|oidc):| {2})/gm, '$1');

it('the service file of infra asks for nothing but a region and what holds anyway', () => {
  expect(parseService(TEXT, 'serve.yaml')).toEqual({
    ...DEFAULT_SERVICE,
    origin: 'serve.yaml',
    regions: ['eu-west-1'],
  });
});

it('everything that the service file of infra offers is understood', () => {
  const { roles, policy, schedules, drills, alerts, oidc } = parseService(WHOLE, 'serve.yaml');
  expect([roles.length, policy, drills.length]).toEqual([1, 'muster.yaml', 1]);
  expect(schedules.archive?.to).toBe('s3://evidence/muster');
  expect([alerts.webhooks, alerts.sns, alerts.slack].map((kind) => kind.length)).toEqual([1, 1, 1]);
  expect(alerts.heartbeat).toEqual({ urlEnv: 'MUSTER_HEARTBEAT_URL' });
  expect(oidc?.scopes.map['leads']).toEqual(['approve']);
});

it('a definition that a service runs needs a schedule, which the one for commands has not', () => {
  expect(parseDefinition(readFileSync('drills/default.yaml', 'utf8'), 'drills/default.yaml').schedule).toBeNull();
});
