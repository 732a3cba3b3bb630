/**
 * `muster serve` as a shell starts it: on the lab and SQLite, asked over HTTP, and stopped.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, eventually, PLAN, type Running, type Sandbox } from '../support/cli.ts';

let lab: Sandbox;
let sandbox: Sandbox;
let service: Running;
let [url, token] = ['', ''];

beforeAll(async () => {
  lab = createSandbox();
  const endpoint = (await lab.start(['lab']).until(/(?<=AWS_ENDPOINT_URL=)\S+/)).trim();
  const keys = { AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };
  sandbox = createSandbox({ AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'eu-west-1', ...keys });
  const scopes = ['read', 'gate', 'approve'].flatMap((scope) => ['--scope', scope]);
  token = (await sandbox.run(['token', 'create', 'a test', ...scopes])).stdout.trim();
  service = sandbox.start(['serve', '--listen', '127.0.0.1:0']);
  url = (await service.until(/(?<=listening on )\S+/)).trim();
});

afterAll(() => {
  sandbox.close();
  lab.close();
});

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
const decide = (source: object) =>
  ask('/v1/decisions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(source),
  });

describe.sequential('muster serve', () => {
  it('reads the account by itself and is ready then', async () => {
    await eventually(async () => ((await fetch(`${url}/readyz`)).ok ? true : null));
    const { databases } = (await (await ask('/v1/databases')).json()) as { databases: { verdict: string }[] };
    expect(databases.map(({ verdict }) => verdict)).toEqual(['not_ready', 'unknown']);
  });

  it('blocks the destroy of February, and says the same as the gate of the command line', async () => {
    const answer = await decide({ source: 'terraform', plan: readFileSync(PLAN, 'utf8') });
    const document = (await answer.json()) as Record<string, unknown>;
    const gated = JSON.parse((await sandbox.run(['gate', 'terraform', PLAN, '--json'])).stdout);
    expect([answer.status, document['decision'], document['verdict']]).toEqual([200, 'block', 'not_ready']);
    expect([document['changeDigest'], document['reasons']]).toEqual([gated.changeDigest, gated.reasons]);
  });

  it('lets nothing pass that a command of unknown credentials would destroy', async () => {
    const argv = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'billing-production'];
    expect(await (await decide({ source: 'command', argv })).json()).toMatchObject({ decision: 'block' });
  });

  it('answers nobody without a token, and nobody whose token was revoked on the command line', async () => {
    expect((await fetch(`${url}/v1/databases`)).status).toBe(401);
    const other = (await sandbox.run(['token', 'create', 'other', '--scope', 'read'])).stdout.trim();
    const status = async () =>
      (await fetch(`${url}/v1/databases`, { headers: { authorization: `Bearer ${other}` } })).status;
    await eventually(async () => ((await status()) === 200 ? true : null));
    await sandbox.run(['token', 'revoke', other.split('_')[1] ?? '']);
    await eventually(async () => ((await status()) === 401 ? true : null));
  });

  it('ends with 0 when it is asked to, and leaves a chain that is whole', async () => {
    service.send('SIGTERM');
    expect((await service.ended).exit).toBe(0);
    expect((await sandbox.run(['verify'])).exit).toBe(0);
  });

  it('has said what it did as lines of JSON, none of them with a token', async () => {
    const { stderr } = await service.ended;
    const lines = stderr
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('stopping; '));
    const said = lines.map((line) => (JSON.parse(line) as { readonly msg: string }).msg);
    expect(said).toContain('watched');
    expect(stderr).not.toContain(token.split('_')[2]);
  });
});
