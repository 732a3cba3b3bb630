/**
 * Opens the store, the keys that seal it and the archive it is shipped to, as the environment names them.
 *
 * What is opened is remembered, so that main.ts can close it. Loads a database driver or a key service only when asked.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import type { Archive } from '../app/archive-port.ts';
import type { KeyKeeper, Store } from '../app/ports.ts';
import type { ArchiveOptions } from '../cli/world.ts';
import { MusterError } from '../core/errors.ts';
import { type Environment, homeFolder, storeSetting } from './settings.ts';

/** The store of the settings, sealed as it is written. @param talk Told what is not sealed yet, and why. */
export async function openStore(env: Environment, talk: (text: string) => void): Promise<Store> {
  const { sealedStore } = await import('../app/seal.ts');
  return sealedStore(await openPlainStore(env), {
    keeper: await openKeys(env),
    clock: systemClock,
    unsealed: (error) => {
      const why = error instanceof Error ? error.message : 'for no reason given';
      talk(`warning: what was kept is not sealed yet: ${why}\n`);
    },
  });
}

async function openPlainStore(env: Environment): Promise<Store> {
  const setting = storeSetting(env);
  const options = { now: systemClock.now };
  if (setting.kind === 'postgres') {
    return (await import('../adapters/store/sql/postgres.ts')).createPostgresStore(setting.url, options);
  }
  return (await import('../adapters/store/sql/sqlite.ts')).createSqliteStore(setting.name, options);
}

/** The store in a file that is named; `create` makes it, and refuses a file that is there. */
export async function openStoreAt(path: string, { create }: { readonly create: boolean }): Promise<Store> {
  if (create === existsSync(path)) {
    const problem = create ? 'is there already and is not written over' : 'is not there';
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path}: ${problem}`);
  }
  return (await import('../adapters/store/sql/sqlite.ts')).createSqliteStore(path, {
    now: systemClock.now,
    takesOver: false,
  });
}

/** A file of keys beside the store, or keys of AWS KMS where they are named. */
export async function openKeys(env: Environment): Promise<KeyKeeper> {
  const { MUSTER_SIGNING_KEY, MUSTER_TOKEN_KEY } = env;
  const { createKmsKeeper, kmsKeyNamed } = await import('../adapters/keys/kms-signer.ts');
  const named = (text: string | undefined, origin: string) => {
    if (text === undefined || text === '') return null;
    const name = kmsKeyNamed(text, origin);
    if (name !== null) return name;
    throw new MusterError('MUSTER_KEY_INVALID', `${origin} names no key; accepted is awskms:///alias/NAME`);
  };
  const attestation = named(MUSTER_SIGNING_KEY, 'MUSTER_SIGNING_KEY');
  const token = named(MUSTER_TOKEN_KEY, 'MUSTER_TOKEN_KEY');
  if (attestation === null && token === null) {
    const { createKeyFile } = await import('../adapters/keys/key-file.ts');
    return createKeyFile(join(homeFolder(env), 'keys.json'), { now: systemClock.now });
  }
  const { createClients } = await import('../adapters/aws/clients.ts');
  const { toMusterError } = await import('../adapters/aws/faults.ts');
  return createKmsKeeper(
    { attestation, token },
    {
      client: (region) => createClients(region === null ? {} : { region }).kms(),
      fault: (error, action) =>
        toMusterError(error, { action, endpoint: 'AWS KMS', refusedCode: 'MUSTER_KEY_INVALID' }),
    },
  );
}

/** An archive at `s3://bucket/prefix`. */
export async function openArchive(url: string, options: ArchiveOptions): Promise<Archive> {
  const { parseLocation } = await import('../adapters/archive/location.ts');
  const { createS3Archive } = await import('../adapters/archive/s3-archive.ts');
  const { createClients } = await import('../adapters/aws/clients.ts');
  const { toMusterError } = await import('../adapters/aws/faults.ts');
  const clients = createClients();
  return createS3Archive({
    ...options,
    location: parseLocation(url, 'the archive'),
    client: clients.s3,
    now: systemClock.now,
    toError: toMusterError,
  });
}
