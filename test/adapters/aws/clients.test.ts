/**
 * Making SDK clients: lazily, with the SDK's own resolution, and without its one warning about Node 20.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClients } from '../../../src/adapters/aws/clients.ts';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import { START } from '../../support/aws-lab.ts';

const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'canary-secret' };

beforeEach(() => {
  vi.stubEnv('AWS_REGION', undefined);
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('the SDK does not warn users about their Node version', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const clients = createClients({ region: 'eu-west-1' });
  await Promise.all([clients.rds(), clients.sts(), clients.backup(), clients.kms()]);
  expect(warn).not.toHaveBeenCalled();
  expect(process.emitWarning).toBe(warn);
});

it('a client is made once', async () => {
  const clients = createClients({ region: 'eu-west-1' });
  expect(await clients.rds()).toBe(await clients.rds());
});

describe('clients for elsewhere', () => {
  const here = () => createClients({ region: 'eu-west-1', endpoint: 'http://127.0.0.1:9', credentials: CREDENTIALS });

  it('call the same endpoint in another region, by clients of their own', async () => {
    const clients = here();
    const there = clients.elsewhere({ region: 'us-east-1' });
    expect([await there.region(), await clients.region()]).toEqual(['us-east-1', 'eu-west-1']);
    expect(await there.endpoint()).toBe('http://127.0.0.1:9');
    expect(await there.rds()).not.toBe(await clients.rds());
  });

  it('sign with their own credentials', async () => {
    const other = { accessKeyId: 'ASIAOTHER', secretAccessKey: 'canary-other' };
    const there = here().elsewhere({ credentials: () => Promise.resolve(other) });
    expect(await (await there.rds()).config.credentials()).toMatchObject({ accessKeyId: 'ASIAOTHER' });
  });

  it('close with those they were made from', async () => {
    const clients = here();
    const rds = await clients.elsewhere({ region: 'us-east-1' }).rds();
    const destroy = vi.spyOn(rds, 'destroy');
    clients.close();
    expect(destroy).toHaveBeenCalledOnce();
  });
});

describe('the region', () => {
  it('is the one that AWS_REGION names', async () => {
    vi.stubEnv('AWS_REGION', 'eu-north-1');
    expect(await createClients().region()).toBe('eu-north-1');
  });

  it('missing everywhere is an error that says so', async () => {
    await expect(createClients().region()).rejects.toMatchObject({ code: 'MUSTER_REGION_MISSING' });
  });
});

describe('the endpoint', () => {
  const endpoint = (url: string) => {
    vi.stubEnv('AWS_ENDPOINT_URL', url);
    return createClients({ region: 'eu-west-1' }).endpoint();
  };

  it('is AWS itself unless one is set', async () => {
    expect(await createClients({ region: 'eu-west-1' }).endpoint()).toBeNull();
  });

  it('set by AWS_ENDPOINT_URL is named, without what it may hide', async () => {
    expect(await endpoint('http://user:canary@127.0.0.1:4566/?token=canary')).toBe('http://127.0.0.1:4566');
  });

  it('set for one service only is named all the same', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_BACKUP', 'http://127.0.0.1:4567');
    expect(await createClients({ region: 'eu-west-1' }).endpoint()).toBe('http://127.0.0.1:4567');
  });

  it("that is one of AWS's own hosts is AWS itself", async () => {
    expect(await endpoint('https://vpce-1-rds.eu-west-1.vpce.amazonaws.com')).toBeNull();
  });

  it("that only looks like one of AWS's hosts is named", async () => {
    expect(await endpoint('https://rds.amazonaws.com.example.org')).toBe('https://rds.amazonaws.com.example.org');
  });
});

describe('nothing at all can be read when', () => {
  it('no credentials are found', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const reader = createEstateReader(createClients({ region: 'eu-west-1', attemptsMax: 1 }));
    await expect(reader.read(START)).rejects.toMatchObject({ code: 'MUSTER_CREDENTIALS_MISSING' });
  });

  it('nothing listens at the endpoint, which is named', async () => {
    const clients = createClients({
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1:9',
      credentials: CREDENTIALS,
      attemptsMax: 1,
    });
    await expect(createEstateReader(clients).read(START)).rejects.toMatchObject({
      code: 'MUSTER_ENDPOINT_UNREACHABLE',
      message: 'http://127.0.0.1:9 does not answer: ECONNREFUSED',
    });
  });
});

it('an endpoint that accepts a call and never answers is given up', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const options = { region: 'eu-west-1', endpoint, credentials: CREDENTIALS, attemptsMax: 1, requestSecondsMax: 0.1 };
  try {
    await expect(createEstateReader(createClients(options)).read(START)).rejects.toMatchObject({
      code: 'MUSTER_ENDPOINT_UNREACHABLE',
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('importing the adapters loads neither the SDK nor a database driver', async () => {
  vi.resetModules();
  for (const heavy of ['client-rds', 'client-sts', 'client-backup', 'client-kms', 'client-cloudwatch']) {
    vi.doMock(`@aws-sdk/${heavy}`, () => {
      throw new Error(`${heavy} was loaded`);
    });
  }
  vi.doMock('pg', () => {
    throw new Error('pg was loaded');
  });
  const [{ createClients: createFresh }] = await Promise.all([
    import('../../../src/adapters/aws/clients.ts'),
    import('../../../src/adapters/aws/estate-reader.ts'),
    import('../../../src/adapters/aws/scratch-operator.ts'),
    import('../../../src/adapters/sql/probe-runner.ts'),
  ]);
  // The trap is live: using a client does load the SDK.
  await expect(createFresh({ region: 'eu-west-1' }).rds()).rejects.toThrow();
});
