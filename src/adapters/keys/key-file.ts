/**
 * Ed25519 keys in one file, for the owner alone (0600 in a folder of 0700): one in use for each purpose, and the public
 * parts of those before.
 *
 * The file is only ever replaced whole, by rename, and made by link: of two processes that start at once one makes it and
 * both use it. It is read anew for each signature's key, so that a rotation elsewhere is seen. A file that others may
 * read is refused, and nothing of a private part reaches a message. Source: RFC 8037; link(2), rename(2).
 */

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeyKeeper, KeyPurpose, Signer } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import type { Instant } from '../../core/time.ts';
import { thumbprintOf } from '../../evidence/jwks.ts';
import type { PublicKey } from '../../evidence/keys.ts';
import { type FiledKey, parseKeyFile, printKeyFile } from './key-file-shape.ts';

const PURPOSES: readonly KeyPurpose[] = ['attestation', 'token'];
/** Anything that the group or others may do. */
const OTHERS = 0o077;

/**
 * The keys in a file, which the first signer makes.
 *
 * Every method throws MusterError `MUSTER_KEY_INVALID` when the file is not one that Muster made, lacks a key, or may be
 * read by others, and `MUSTER_FILE_UNREADABLE` when it cannot be used.
 *
 * @param now When keys of a new file are made.
 */
export function createKeyFile(path: string, { now }: { readonly now: () => Instant }): KeyKeeper {
  const present = async (): Promise<readonly FiledKey[]> => {
    const found = await readKeys(path);
    if (found !== null) return found;
    await makeFile(
      path,
      PURPOSES.map((purpose) => newKey(purpose, now())),
    );
    return (await readKeys(path)) ?? [];
  };
  return {
    signer: async (purpose) => signerOf(inUse(await present(), purpose, path)),
    publicKeys: async () => ((await readKeys(path)) ?? []).map(({ key }) => key),
    rotate: async (purpose, at) => {
      await present();
      return locked(path, async () => {
        const keys = await present();
        const retiring = inUse(keys, purpose, path);
        const retired: FiledKey = { key: { ...retiring.key, retiredAt: at }, d: null };
        const next = newKey(purpose, at);
        await replaceFile(path, [...keys.map((filed) => (filed === retiring ? retired : filed)), next]);
        const last = signerOf(retiring);
        return { retired: { key: retired.key, sign: last.sign }, current: signerOf(next) };
      });
    },
  };
}

function inUse(keys: readonly FiledKey[], purpose: KeyPurpose, path: string): FiledKey {
  const found = keys.find(({ key }) => key.purpose === purpose && key.retiredAt === null);
  if (found === undefined) throw new MusterError('MUSTER_KEY_INVALID', `${path} holds no key in use for ${purpose}s`);
  return found;
}

/** The private part stays inside: neither printing nor copying a signer shows it. */
function signerOf({ key, d }: FiledKey): Signer {
  invariant(d !== null, 'a key in use has a private part', { kid: key.kid });
  const { kty, crv, x } = key;
  const secret: KeyObject = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
  return { key, sign: async (bytes) => sign(null, bytes, secret) };
}

function newKey(purpose: KeyPurpose, createdAt: Instant): FiledKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x, d } = privateKey.export({ format: 'jwk' });
  invariant(typeof x === 'string' && typeof d === 'string', 'an Ed25519 key has both parts');
  const form = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const kid = thumbprintOf(form);
  const key: PublicKey = { kid, ...form, alg: 'EdDSA', use: 'sig', purpose, createdAt, retiredAt: null };
  return { key, d };
}

/** Null when there is no file. */
async function readKeys(path: string): Promise<readonly FiledKey[] | null> {
  const text = await readPrivately(path);
  if (text === null) return null;
  const keys = parseKeyFile(text, path);
  for (const { key, d } of keys) {
    if (d !== null) requireTogether(key, d, path);
  }
  return keys;
}

/** Node takes the public part of a JWK as it is told; signatures that nobody can check would be the result. */
function requireTogether(key: PublicKey, d: string, path: string): void {
  const { kty, crv, x } = key;
  const made = createPublicKey(createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' })).export({ format: 'jwk' });
  if (made.x !== x) {
    throw new MusterError('MUSTER_KEY_INVALID', `${path}: the two parts of key ${key.kid} do not belong together`);
  }
}

async function readPrivately(path: string): Promise<string | null> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, constants.O_RDONLY);
    const { mode } = await handle.stat();
    // Windows has no such modes.
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      throw new MusterError(
        'MUSTER_KEY_INVALID',
        `${path} may be used by others (mode ${shown}); run chmod 600 ${path}`,
      );
    }
    return await handle.readFile('utf8');
  } catch (cause) {
    if (cause instanceof MusterError) throw cause;
    if (codeOf(cause) === 'ENOENT') return null;
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path} cannot be read (${codeOf(cause)})`, { cause });
  } finally {
    await handle?.close();
  }
}

/** Makes the file unless there is one by now, which is just as good. */
async function makeFile(path: string, keys: readonly FiledKey[]): Promise<void> {
  await writing(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const fresh = await writeBeside(path, keys);
    try {
      await link(fresh, path);
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    } finally {
      await rm(fresh, { force: true });
    }
    await syncFolder(path);
  });
}

async function replaceFile(path: string, keys: readonly FiledKey[]): Promise<void> {
  await writing(path, async () => {
    const fresh = await writeBeside(path, keys);
    try {
      await rename(fresh, path);
    } finally {
      await rm(fresh, { force: true });
    }
    await syncFolder(path);
  });
}

/** A whole file under a name that nobody else uses. @returns Its path. */
async function writeBeside(path: string, keys: readonly FiledKey[]): Promise<string> {
  const fresh = `${path}.${randomBytes(8).toString('hex')}.new`;
  const handle = await open(fresh, 'wx', 0o600);
  try {
    await handle.writeFile(printKeyFile(keys));
    await handle.sync();
  } catch (cause) {
    await rm(fresh, { force: true });
    throw cause;
  } finally {
    await handle.close();
  }
  return fresh;
}

/** Two rotations at once would each drop the other's key. */
async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  await writing(lock, async () => {
    try {
      await (await open(lock, 'wx', 0o600)).close();
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause;
      const what = `${lock} is there: another process rotates the keys, or one was stopped doing so`;
      throw new MusterError('MUSTER_KEY_INVALID', `${what}; remove it when none does`);
    }
  });
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (cause instanceof MusterError) throw cause;
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path} cannot be written (${codeOf(cause)})`, { cause });
  }
}

/** A new name is durable only once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(dirname(path), constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}
