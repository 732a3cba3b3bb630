/** Receivers as a service file names them, and the heartbeat. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHeartbeat } from '../../../src/adapters/alerts/heartbeat.ts';
import {
  createHeartbeatOf,
  createReceivers,
  type ReceiversConfig,
  type ReceiversWorld,
} from '../../../src/adapters/alerts/receivers.ts';
import { NOW } from '../../support/builders.ts';
import { accessOf, aListener, anAlert, errorOf, everythingSaid, type Listener, PATIENT, snsClient } from './support.ts';

let listener: Listener;
beforeAll(async () => {
  listener = await aListener();
});
afterAll(() => listener.close());

function aWorld(env: Readonly<Record<string, string>> = {}): ReceiversWorld {
  return { readEnv: (name) => env[name], now: () => NOW, sns: accessOf(snsClient(listener.url)) };
}

const CONFIG: ReceiversConfig = {
  webhooks: [{ name: 'pager', url: 'https://pager.example.org/', secretEnv: 'PAGER', level: 'critical' }],
  sns: [{ name: 'topic', topicArn: 'arn:aws:sns:eu-west-1:123456789012:t', types: ['dev.muster.chain.broken.v1'] }],
  slack: [{ name: 'ops', urlEnv: 'SLACK' }],
};
const ENV = { PAGER: 'a-secret-of-at-least-24-bytes', SLACK: 'https://hooks.slack.com/services/T0/B0/x' };

describe('the receivers of a service file', () => {
  it('are each built, with what they want', () => {
    const receivers = createReceivers(CONFIG, aWorld(ENV));
    expect(receivers.map(({ name }) => name)).toEqual(['pager', 'topic', 'ops']);
    expect(receivers.map((one) => one.wants(anAlert({ level: 'info' })))).toEqual([false, false, true]);
  });

  it('may be none', () => {
    expect(createReceivers({}, aWorld())).toEqual([]);
    expect(createHeartbeatOf({}, aWorld())).toBeNull();
  });

  it('are refused when two bear one name', () => {
    const slack = [{ name: 'pager', urlEnv: 'SLACK' }];
    expect(() => createReceivers({ ...CONFIG, slack }, aWorld(ENV))).toThrow('two receivers are named "pager"');
  });

  it.each(['PAGER', 'SLACK'])('are refused when %s is not set, or empty', (name) => {
    for (const env of [
      { ...ENV, [name]: '' },
      Object.fromEntries(Object.entries(ENV).filter(([key]) => key !== name)),
    ]) {
      expect(() => createReceivers(CONFIG, aWorld(env))).toThrow(`${name} is not set in the environment`);
    }
  });

  it('keep what the environment holds out of a refusal', () => {
    let said = '';
    try {
      createReceivers(CONFIG, aWorld({ ...ENV, SLACK: 'http://hooks.example.org/canary' }));
    } catch (error) {
      said = everythingSaid(error);
    }
    expect(said).toContain('slack ops');
    expect(said).not.toContain('canary');
  });
});

describe('the heartbeat', () => {
  it('beats its address, which may stand in the environment', async () => {
    listener.answer(200);
    const env = { BEAT: `${listener.url}/ping/from-the-environment` };
    await createHeartbeatOf({ heartbeat: { urlEnv: 'BEAT' } }, aWorld(env))?.beat(PATIENT);
    await createHeartbeatOf({ heartbeat: { url: `${listener.url}/ping/from-the-file` } }, aWorld())?.beat(PATIENT);
    expect(listener.got.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /ping/from-the-environment',
      'GET /ping/from-the-file',
    ]);
  });

  it('posts when it is told to', async () => {
    listener.answer(200);
    await createHeartbeat({ url: listener.url, method: 'POST' }).beat(PATIENT);
    expect(listener.got.at(-1)?.method).toBe('POST');
  });

  it('that is not taken is an error without its address', async () => {
    listener.answer(503);
    const error = await errorOf(createHeartbeat({ url: `${listener.url}/canary` }).beat(PATIENT));
    expect(error.code).toBe('MUSTER_ENDPOINT_UNREACHABLE');
    expect(everythingSaid(error)).not.toContain('canary');
  });
});
