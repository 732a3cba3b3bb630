/** Signing with AWS KMS: against the lab's keys, and everything KMS may answer instead. */

import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { faultOf, toMusterError } from '../../../src/adapters/aws/faults.ts';
import { joinedFromDer } from '../../../src/adapters/keys/ecdsa-der.ts';
import { createKmsKeeper, type KmsAccess, kmsKeyNamed } from '../../../src/adapters/keys/kms-signer.ts';
import { MusterError } from '../../../src/core/errors.ts';
import { preAuthEncoding } from '../../../src/evidence/dsse.ts';
import { signatureCheckOf } from '../../../src/evidence/signature.ts';
import { jsonError, labClients, type Tamper } from '../../support/aws-lab.ts';
import { P256, PLAIN, withSigningKeys } from '../../support/lab-signing-keys.ts';
import { at, MADE } from '../../support/signing.ts';

const BYTES = preAuthEncoding('application/vnd.in-toto+json', Buffer.from('x'.repeat(6_000)));
const regions: (string | null)[] = [];
const actions: string[] = [];
beforeEach(() => {
  regions.length = 0;
  actions.length = 0;
});

function access(state?: Parameters<typeof withSigningKeys>[0], tamper: Tamper = () => null): KmsAccess {
  const { clients } = labClients(withSigningKeys(state), {
    tamper: (call) => {
      actions.push(call.action.replace('TrentService.', ''));
      return tamper(call);
    },
  });
  return {
    client: async (region) => {
      regions.push(region);
      return clients.kms();
    },
    fault: (error, action) => toMusterError(error, { action, endpoint: 'AWS KMS', refusedCode: 'MUSTER_KEY_INVALID' }),
  };
}

const keeperOf = (attestation: string | null, token: string | null = null, ...rest: Parameters<typeof access>) =>
  createKmsKeeper({ attestation, token }, access(...rest));

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MusterError)) throw new Error('not refused by name', { cause: error });
  return `${error.code} ${error.message}`;
}

describe('the name of a key', () => {
  it.each([
    ['awskms:///alias/muster', 'alias/muster'],
    [`awskms:///${P256}`, P256],
    [`awskms:///mrk-${P256.replaceAll('-', '')}`, `mrk-${P256.replaceAll('-', '')}`],
    [`awskms:///arn:aws:kms:eu-west-1:123456789012:key/${P256}`, `arn:aws:kms:eu-west-1:123456789012:key/${P256}`],
    ['awskms:///arn:aws-cn:kms:cn-north-1:123456789012:alias/a/b', 'arn:aws-cn:kms:cn-north-1:123456789012:alias/a/b'],
    ['/home/muster/keys.json', null],
  ])('%s is %s', (text, name) => {
    expect(kmsKeyNamed(text, 'KEY')).toBe(name);
  });

  it.each([
    'awskms://alias/muster',
    'awskms:///',
    'awskms:///muster',
    'awskms://kms.example.test/alias/muster',
    'awskms:///arn:aws:s3:::bucket',
    'awskms:///alias/muster?user=x',
  ])('%s is refused', (text) => {
    expect(() => kmsKeyNamed(text, 'MUSTER_SIGNING_KEY')).toThrow(
      expect.objectContaining({ code: 'MUSTER_KEY_INVALID', message: expect.stringContaining('MUSTER_SIGNING_KEY: ') }),
    );
  });
});

describe('a key of KMS on P-256', () => {
  it('signs more than KMS takes at once, as r and s that its public key verifies', async () => {
    const signer = await keeperOf('alias/muster').signer('attestation');
    const signature = await signer.sign(BYTES);
    expect(signature).toHaveLength(64);
    expect(signatureCheckOf(signer.key)(BYTES, signature)).toBe(true);
    expect(signer.key).toMatchObject({
      kty: 'EC',
      crv: 'P-256',
      alg: 'ES256',
      purpose: 'attestation',
      retiredAt: null,
    });
    expect(signer.key.createdAt).toBe(at('2026-01-27T21:00:00Z'));
  });

  it('is asked about once, and then signs by its own name whatever its alias points at', async () => {
    const sent: string[] = [];
    const keeper = createKmsKeeper({ attestation: 'alias/muster', token: null }, recording(sent));
    await (await keeper.signer('attestation')).sign(BYTES);
    await (await keeper.signer('attestation')).sign(BYTES);
    expect(actions).toEqual(['DescribeKey', 'GetPublicKey', 'Sign', 'Sign']);
    expect(sent.every((name) => name.endsWith(`:key/${P256}`))).toBe(true);
    expect(sent).toHaveLength(2);
  });

  it('sends KMS the digest and nothing of what is signed', async () => {
    const sent: unknown[] = [];
    const keeper = createKmsKeeper({ attestation: P256, token: null }, recording([], sent));
    await (await keeper.signer('attestation')).sign(BYTES);
    expect(sent).toEqual([createHash('sha256').update(BYTES).digest()]);
  });
});

/** Notes what is asked of `Sign`. */
function recording(names: string[], messages: unknown[] = []): KmsAccess {
  const { client, fault } = access();
  return {
    fault,
    client: async (region) => {
      const kms = await client(region);
      kms.middlewareStack.add(
        (next) => (args) => {
          const { KeyId, Message } = args.input as { KeyId: string; Message?: unknown };
          if (Message !== undefined) {
            names.push(KeyId);
            messages.push(Message);
          }
          return next(args);
        },
        { step: 'initialize' },
      );
      return kms;
    },
  };
}

describe('a key of KMS on Ed25519', () => {
  it('signs what its public key verifies', async () => {
    const signer = await keeperOf('alias/muster-edwards').signer('attestation');
    const message = Buffer.alloc(4_096, 1);
    expect(signatureCheckOf(signer.key)(message, await signer.sign(message))).toBe(true);
    expect(signer.key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' });
  });

  it('refuses what is too long for it, and says which key to take', async () => {
    const signer = await keeperOf('alias/muster-edwards').signer('attestation');
    const said = await refusal(signer.sign(Buffer.alloc(4_097)));
    expect(said).toContain('MUSTER_KEY_INVALID');
    expect(said).toContain('ECC_NIST_P256');
  });
});

describe('two purposes', () => {
  it('have a key each', async () => {
    const keeper = keeperOf('alias/muster', 'alias/muster-edwards');
    expect((await keeper.signer('token')).key.purpose).toBe('token');
    expect((await keeper.publicKeys()).map(({ purpose, alg }) => `${purpose} ${alg}`)).toEqual([
      'attestation ES256',
      'token EdDSA',
    ]);
  });

  it('never share one, whatever names it goes by', async () => {
    const keeper = keeperOf('alias/muster', P256);
    expect(await refusal(keeper.signer('token'))).toMatch(/^MUSTER_KEY_INVALID .*name another for tokens/);
  });

  it('need not both be named', async () => {
    const keeper = keeperOf('alias/muster');
    expect(await keeper.publicKeys()).toHaveLength(1);
    expect(await refusal(keeper.signer('token'))).toMatch(/^MUSTER_KEY_INVALID no key of AWS KMS is named for tokens/);
  });
});

describe('a key of KMS that cannot serve', () => {
  it.each<[string, string, Parameters<typeof access>[0], RegExp]>([
    ['encrypts', PLAIN, 'Enabled', /^MUSTER_KEY_INVALID kms:GetPublicKey .*UnsupportedOperationException/],
    ['is not there', 'alias/none', 'Enabled', /^MUSTER_KEY_INVALID kms:DescribeKey .*NotFoundException/],
    ['is disabled', P256, 'Disabled', /^MUSTER_KEY_INVALID kms:GetPublicKey .*DisabledException/],
    ['waits for deletion', P256, 'PendingDeletion', /^MUSTER_KEY_INVALID kms:GetPublicKey .*KMSInvalidStateException/],
  ])('is told by name when it %s', async (_, name, state, said) => {
    expect(await refusal(keeperOf(name, null, state).signer('attestation'))).toMatch(said);
  });

  it.each([
    ['AccessDeniedException', 400, 'MUSTER_ACCESS_DENIED'],
    ['ThrottlingException', 400, 'MUSTER_AWS_UNAVAILABLE'],
    ['KMSInternalException', 500, 'MUSTER_AWS_UNAVAILABLE'],
    ['UnrecognizedClientException', 400, 'MUSTER_CREDENTIALS_MISSING'],
  ])('refuses to sign with %s as an error of ours', async (code, status, ours) => {
    const tamper: Tamper = ({ action }) => (action === 'TrentService.Sign' ? jsonError(status, code) : null);
    const signer = await keeperOf(P256, null, 'Enabled', tamper).signer('attestation');
    expect(await refusal(signer.sign(BYTES))).toMatch(new RegExp(`^${ours} .*kms:Sign`));
  });

  it('may serve the next time', async () => {
    let down = true;
    const tamper: Tamper = () => (down ? jsonError(500, 'KMSInternalException') : null);
    const keeper = keeperOf(P256, null, 'Enabled', tamper);
    expect(await refusal(keeper.signer('attestation'))).toContain('MUSTER_AWS_UNAVAILABLE');
    down = false;
    expect((await keeper.signer('attestation')).key.alg).toBe('ES256');
  });

  it.each<[string, object, RegExp]>([
    [
      'is on another curve',
      { KeySpec: 'ECC_NIST_P384' },
      /is a key of ECC_NIST_P384 for SIGN_VERIFY; accepted are ECC_NIST_P256/,
    ],
    ['agrees on secrets', { KeyUsage: 'KEY_AGREEMENT' }, /for KEY_AGREEMENT/],
    ['has no public part', { PublicKey: undefined }, /is no public key/],
    ['has a public part of nonsense', { PublicKey: 'AAAA' }, /is no public key/],
  ])('is told by name when it %s', async (_, fields, said) => {
    const PublicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .publicKey.export({ format: 'der', type: 'spki' })
      .toString('base64');
    const body = JSON.stringify({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', PublicKey, ...fields });
    const tamper: Tamper = ({ action }) => (action === 'TrentService.GetPublicKey' ? { status: 200, body } : null);
    expect(await refusal(keeperOf(P256, null, 'Enabled', tamper).signer('attestation'))).toMatch(said);
  });

  it.each([
    ['nothing', undefined],
    ['nonsense', 'AAAA'],
    ['a signature over something else', 'other'],
  ])('is caught when it signs %s', async (_, wrong) => {
    const secret = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const Signature = wrong === 'other' ? sign('sha256', BYTES, secret).toString('base64') : wrong;
    const body = JSON.stringify({ Signature });
    const tamper: Tamper = ({ action }) => (action === 'TrentService.Sign' ? { status: 200, body } : null);
    const signer = await keeperOf(P256, null, 'Enabled', tamper).signer('attestation');
    expect(await refusal(signer.sign(BYTES))).toMatch(/^MUSTER_AWS_UNAVAILABLE .*does not hold/);
  });

  it('is not rotated from here', async () => {
    expect(await refusal(keeperOf(P256).rotate('attestation', MADE))).toMatch(
      /^MUSTER_USAGE .*make the next key there/,
    );
  });
});

describe('the region', () => {
  it.each([
    ['alias/muster', null],
    [`arn:aws:kms:eu-west-1:${'0'.repeat(12)}:key/${P256}`, 'eu-west-1'],
  ])('of %s is %s', async (name, region) => {
    await keeperOf(name).signer('attestation').catch(faultOf);
    expect(regions).toEqual([region]);
  });
});

describe('DER', () => {
  it('becomes r and s of 32 bytes each, whatever leading zeros they have', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let index = 0; index < 600; index += 1) {
      const message = Buffer.from(`message ${index}`);
      const joined = joinedFromDer(sign('sha256', message, privateKey));
      const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
      expect(joined).toHaveLength(64);
      expect(verify('sha256', message, key, joined ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it('of small numbers is filled up from the left', () => {
    const joined = Buffer.from(joinedFromDer(Buffer.from('300702010102020080', 'hex')) ?? []);
    expect(joined.toString('hex')).toBe(`${'00'.repeat(31)}01${'00'.repeat(31)}80`);
  });

  it.each([
    ['empty', ''],
    ['no sequence', '310602010102010180'],
    ['a length that is not that of the rest', '300702010102010101ff'],
    ['one number', '3003020101'],
    ['a third number', '3009020101020101020101'],
    ['a negative number', '3006020181020101'],
    ['a number of nothing', '300502000201ff'],
    ['a number cut short', '3006020101020201'],
    ['a number too large', `3026${'0221'}${'7f'.repeat(33)}020101`],
  ])('that is %s is no signature', (_, hex) => {
    expect(joinedFromDer(Buffer.from(hex, 'hex'))).toBeNull();
  });
});
