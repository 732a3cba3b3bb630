/** The key file: made once whoever starts first, for the owner alone, rotated whole, and never told to anybody. */

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyFile } from '../../../src/adapters/keys/key-file.ts';
import { MusterError } from '../../../src/core/errors.ts';
import { parseKeySet, thumbprintOf } from '../../../src/evidence/jwks.ts';
import { signatureCheckOf } from '../../../src/evidence/signature.ts';
import { at } from '../../support/signing.ts';

const NOW = at('2026-03-01T00:00:00Z');
const LATER = at('2026-04-01T00:00:00Z');
const BYTES = Buffer.from('what is signed');
let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-key-file-'));
  path = join(folder, 'home', 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => createKeyFile(path, { now: () => NOW });
interface Filed {
  formatVersion: string;
  keys: { d?: string; x: string; kid: string; purpose: string; retiredAt: string | null }[];
}
const read = (): Filed => JSON.parse(readFileSync(path, 'utf8'));
const write = (change: (file: Filed) => unknown) => writeFileSync(path, JSON.stringify(change(read())));
const modeOf = (name: string) => statSync(name).mode & 0o777;

async function refusal(work: Promise<unknown>): Promise<MusterError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MusterError)) throw new Error(`not refused: ${inspect(error)}`);
  return error;
}

describe('the first signer', () => {
  it('makes a key for each purpose, in a file for the owner alone', async () => {
    const { key } = await open().signer('attestation');
    const { keys } = read();
    expect(keys.map(({ purpose, retiredAt }) => [purpose, retiredAt])).toEqual([
      ['attestation', null],
      ['token', null],
    ]);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2);
    expect(key).toMatchObject({ kid: keys[0]?.kid, purpose: 'attestation', alg: 'EdDSA', createdAt: NOW });
    expect([modeOf(path), modeOf(join(folder, 'home'))]).toEqual([0o600, 0o700]);
    expect(readdirSync(join(folder, 'home'))).toEqual(['keys.json']);
  });

  it('signs with the key that it names, and the next one with the same', async () => {
    const [first, second] = [await open().signer('token'), await open().signer('token')];
    expect(signatureCheckOf(second.key)(BYTES, await first.sign(BYTES))).toBe(true);
    expect(signatureCheckOf(first.key)(Buffer.from('other'), await first.sign(BYTES))).toBe(false);
    expect(second.key).toEqual(first.key);
  });

  it('makes nothing when only public keys are asked for', async () => {
    expect(await open().publicKeys()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('finds one key with all the others that start at the same moment', async () => {
    const signers = await Promise.all(Array.from({ length: 20 }, () => open().signer('attestation')));
    expect(new Set(signers.map(({ key }) => key.kid)).size).toBe(1);
    expect(readdirSync(join(folder, 'home'))).toEqual(['keys.json']);
  });

  it('takes the file that another process made while it was making its own', async () => {
    const theirs = createKeyFile(join(folder, 'theirs.json'), { now: () => NOW });
    const { key } = await theirs.signer('attestation');
    const text = readFileSync(join(folder, 'theirs.json'), 'utf8');
    const now = () => {
      mkdirSync(join(folder, 'home'), { recursive: true, mode: 0o700 });
      writeFileSync(path, text, { mode: 0o600 });
      return NOW;
    };
    expect((await createKeyFile(path, { now }).signer('attestation')).key).toEqual(key);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(join(folder, 'home'))).toEqual(['keys.json']);
  });

  it('finds one key with other processes that start at the same moment', async () => {
    const module = resolve('src/adapters/keys/key-file.ts');
    const text = `import { createKeyFile } from ${JSON.stringify(module)};
      const { key } = await createKeyFile(${JSON.stringify(path)}, { now: () => '${NOW}' }).signer('attestation');
      process.stdout.write(key.kid);`;
    const bundle = join(folder, 'child.mjs');
    const { build } = await import('esbuild');
    const banner = { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" };
    await build({
      stdin: { contents: text, resolveDir: resolve('.') },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
      banner,
    });
    const child = () =>
      new Promise<string>((yes, no) => {
        const started = spawn(process.execPath, [bundle], { stdio: ['ignore', 'pipe', 'pipe'] });
        let said = '';
        started.stdout.on('data', (chunk) => {
          said += chunk;
        });
        started.stderr.on('data', (chunk) => {
          said += `!${chunk}`;
        });
        started.once('error', no).once('close', () => yes(said));
      });
    const kids = await Promise.all(Array.from({ length: 4 }, child));
    expect(new Set(kids)).toEqual(new Set([(await open().signer('attestation')).key.kid]));
  });
});

describe('a rotation', () => {
  it('retires the key in use and keeps its public part only', async () => {
    const keeper = open();
    const before = await keeper.signer('attestation');
    const secret = read().keys[0]?.d ?? '';
    const { retired, current } = await keeper.rotate('attestation', LATER);
    expect(retired.key).toEqual({ ...before.key, retiredAt: LATER });
    expect(current.key).toMatchObject({ purpose: 'attestation', createdAt: LATER, retiredAt: null });
    expect(readFileSync(path, 'utf8')).not.toContain(secret);
    expect(modeOf(path)).toBe(0o600);
    expect(readdirSync(join(folder, 'home'))).toEqual(['keys.json']);
  });

  it('is seen by whoever opened the file before', async () => {
    const [here, there] = [open(), open()];
    await here.signer('token');
    const { current } = await there.rotate('token', LATER);
    expect((await here.signer('token')).key).toEqual(current.key);
  });

  it('leaves the other purpose as it was', async () => {
    const keeper = open();
    const before = await keeper.signer('token');
    await keeper.rotate('attestation', LATER);
    expect((await keeper.signer('token')).key).toEqual(before.key);
  });

  it('hands both signers out, so that the one may introduce the other', async () => {
    const { retired, current } = await open().rotate('attestation', LATER);
    expect(signatureCheckOf(retired.key)(BYTES, await retired.sign(BYTES))).toBe(true);
    expect(signatureCheckOf(current.key)(BYTES, await retired.sign(BYTES))).toBe(false);
  });

  it('keeps every public key that ever signed, for verifiers', async () => {
    const keeper = open();
    await keeper.rotate('attestation', LATER);
    await keeper.rotate('attestation', at('2026-05-01T00:00:00Z'));
    const keys = await keeper.publicKeys();
    expect(keys.map(({ purpose, retiredAt }) => `${purpose} ${retiredAt?.slice(0, 7) ?? 'in use'}`)).toEqual([
      'attestation 2026-04',
      'token in use',
      'attestation 2026-05',
      'attestation in use',
    ]);
    expect(parseKeySet(JSON.stringify({ keys }), 'a')).toEqual(keys);
  });

  it('waits for nobody: while another is under way it is refused, and the lock is named', async () => {
    const keeper = open();
    await keeper.signer('token');
    writeFileSync(`${path}.lock`, '');
    const error = await refusal(keeper.rotate('token', LATER));
    expect([error.code, error.message]).toEqual([
      'MUSTER_KEY_INVALID',
      expect.stringContaining(`${path}.lock is there`),
    ]);
    rmSync(`${path}.lock`);
    await expect(keeper.rotate('token', LATER)).resolves.toBeDefined();
  });

  it('loses no key when several are asked for at once', async () => {
    const keeper = open();
    await keeper.signer('token');
    const ended = await Promise.allSettled(Array.from({ length: 6 }, () => open().rotate('token', LATER)));
    const done = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    const kids = read().keys.map(({ kid }) => kid);
    expect(done.length).toBeGreaterThan(0);
    expect(kids).toEqual(expect.arrayContaining(done.map(({ current }) => current.key.kid)));
    expect(kids).toHaveLength(2 + done.length);
  });
});

describe('a key file that is refused', () => {
  const changed = async (change: (file: Filed) => unknown): Promise<MusterError> => {
    await open().signer('token');
    write(change);
    return refusal(open().signer('attestation'));
  };

  it.each([0o640, 0o604, 0o660, 0o601])('is one of mode %o', async (mode) => {
    await open().signer('token');
    chmodSync(path, mode);
    const error = await refusal(open().signer('token'));
    expect([error.code, error.message]).toEqual([
      'MUSTER_KEY_INVALID',
      expect.stringContaining(`run chmod 600 ${path}`),
    ]);
    expect((await refusal(open().publicKeys())).code).toBe('MUSTER_KEY_INVALID');
  });

  it('is taken again once it is for the owner alone', async () => {
    await open().signer('token');
    chmodSync(path, 0o644);
    chmodSync(path, 0o400);
    await expect(open().signer('token')).resolves.toBeDefined();
  });

  it.each<[string, (file: Filed) => unknown, string]>([
    ['empty', () => ({}), 'formatVersion'],
    ['of a later format', (file) => ({ ...file, formatVersion: '2' }), 'another Muster wrote this one'],
    ['without keys', (file) => ({ ...file, keys: [] }), 'no key in use for attestations'],
    [
      'with a key under another name',
      ({ keys, ...file }) => ({ ...file, keys: keys.map((key) => ({ ...key, kid: 'k' })) }),
      'thumbprint',
    ],
    [
      'with a private part of another key',
      ({ keys, ...file }) => ({ ...file, keys: keys.map((key) => ({ ...key, d: keys[1]?.d })) }),
      'do not belong together',
    ],
    [
      'with a private part cut short',
      ({ keys, ...file }) => ({ ...file, keys: keys.map((key) => ({ ...key, d: key.d?.slice(4) })) }),
      'keys.0.d: not a private part',
    ],
    [
      'without a private part',
      ({ keys, ...file }) => ({ ...file, keys: keys.map(({ d: _, ...key }) => key) }),
      'has no private part',
    ],
    [
      'with a retired key that could still sign',
      ({ keys, ...file }) => ({ ...file, keys: keys.map((key) => ({ ...key, retiredAt: LATER })) }),
      'has its private part still',
    ],
    [
      'with two keys in use',
      ({ keys, ...file }) => ({ ...file, keys: [...keys, keys[0]] }),
      'holds 2 keys in use for attestations',
    ],
  ])('is one %s', async (_, change, named) => {
    const error = await changed(change);
    expect([error.code, error.message]).toEqual(['MUSTER_KEY_INVALID', expect.stringContaining(named)]);
  });

  it('is not replaced by a fresh one', async () => {
    await changed(() => ({}));
    expect(readFileSync(path, 'utf8')).toBe('{}');
  });

  it('is not a folder', async () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    expect((await refusal(open().signer('token'))).code).toBe('MUSTER_FILE_UNREADABLE');
  });
});

describe('a private part', () => {
  it('appears in no error, whatever is wrong with the file, and in nothing that a signer shows', async () => {
    const keeper = open();
    const signer = await keeper.signer('attestation');
    const whole = readFileSync(path, 'utf8');
    const secrets = read().keys.map(({ d }) => d ?? '');
    const said: string[] = [JSON.stringify(signer), inspect(signer, { depth: 9, showHidden: true }), inspect(keeper)];
    const broken = [
      whole.slice(0, -20),
      whole.replace('"d"', '"d":'),
      whole.replace('{', secrets[0] ?? ''),
      whole.replaceAll('"x"', '"q"'),
    ];
    for (const text of [...broken, whole.replace(secrets[0] ?? '', `${secrets[0]}AA`)]) {
      writeFileSync(path, text);
      const error = await refusal(open().signer('attestation'));
      said.push(error.message, inspect(error, { depth: 9 }), inspect(error.cause, { depth: 9 }));
    }
    expect(secrets.filter((secret) => secret.length === 43)).toHaveLength(2);
    for (const secret of secrets) expect(said.join('\n')).not.toContain(secret.slice(0, 12));
  });

  it('is refused in a set of public keys', async () => {
    await open().signer('token');
    const text = readFileSync(path, 'utf8');
    expect(() => parseKeySet(text, 'shared.json')).toThrow(
      expect.objectContaining({ code: 'MUSTER_KEY_INVALID', message: expect.stringContaining('private part') }),
    );
  });
});

describe('a set of public keys', () => {
  it('names its keys by the thumbprint of RFC 8037, appendix A.3', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    expect(thumbprintOf({ kty: 'OKP', crv: 'Ed25519', x })).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('may hold keys of kinds that nobody here uses', () => {
    expect(parseKeySet(JSON.stringify({ keys: [{ kty: 'RSA', n: 'x', e: 'AQAB' }] }), 'a')).toEqual([]);
  });

  it.each([
    ['no JSON', 'x', 'is no JWK Set'],
    ['a key without a kind', '{"keys":[{}]}', 'keys.0'],
    ['a key without a purpose', JSON.stringify({ keys: [{ kty: 'OKP', crv: 'Ed25519' }] }), 'keys.0'],
  ])('is refused by name: %s', (_, text, named) => {
    expect(() => parseKeySet(text, 'a.json')).toThrow(
      expect.objectContaining({ code: 'MUSTER_KEY_INVALID', message: expect.stringContaining(named) }),
    );
  });
});
