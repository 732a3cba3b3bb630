/** Signing keys of the lab: real signatures, the same on every run, and AWS's refusals. */

import { spawnSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeKeyCommand, GetPublicKeyCommand, SignCommand, type SignCommandInput } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import { P256, PLAIN, withSigningKeys } from '../support/lab-signing-keys.ts';
import { aLab, refusal, START } from './support.ts';

const OPENSSL = spawnSync('openssl', ['version']).status === 0;
if (!OPENSSL) process.stderr.write('SKIPPED: no openssl here, so nothing but this process checked the signatures\n');
const Message = Buffer.from('what is signed');
const ecdsa: SignCommandInput = { KeyId: 'alias/muster', Message, SigningAlgorithm: 'ECDSA_SHA_256' };
const edwards: SignCommandInput = { KeyId: 'alias/muster-edwards', Message, SigningAlgorithm: 'ED25519_SHA_512' };

describe('a signing key', () => {
  it.each([
    ['P-256', ecdsa, 'sha256'],
    ['Ed25519', edwards, null],
  ] as const)('on %s signs what its public key verifies', async (_, input, hash) => {
    const { kms } = aLab(withSigningKeys());
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: input.KeyId }));
    const { Signature } = await kms.send(new SignCommand(input));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    expect(verify(hash, Message, key, Signature ?? new Uint8Array())).toBe(true);
    expect(verify(hash, Buffer.from('other'), key, Signature ?? new Uint8Array())).toBe(false);
  });

  it.skipIf(!OPENSSL)('on P-256 signs what openssl verifies', async () => {
    const { kms } = aLab(withSigningKeys());
    const { PublicKey = new Uint8Array() } = await kms.send(new GetPublicKeyCommand({ KeyId: P256 }));
    const { Signature = new Uint8Array() } = await kms.send(new SignCommand(ecdsa));
    const folder = mkdtempSync(join(tmpdir(), 'muster-kms-sign-'));
    try {
      for (const [name, content] of [
        ['key', PublicKey],
        ['sig', Signature],
        ['in', Message],
        ['other', Buffer.from('other')],
      ] as const) {
        writeFileSync(join(folder, name), content);
      }
      const exit = (input: string) => {
        const args = ['dgst', '-sha256', '-keyform', 'DER', '-verify', 'key', '-signature', 'sig', input];
        return spawnSync('openssl', args, { cwd: folder }).status;
      };
      expect([exit('in'), exit('other')]).toEqual([0, 1]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('signs a digest as it signs the message that it is of', async () => {
    const { kms } = aLab(withSigningKeys());
    const { createHash } = await import('node:crypto');
    const digest = createHash('sha256').update(Message).digest();
    const whole = await kms.send(new SignCommand(ecdsa));
    const hashed = await kms.send(new SignCommand({ ...ecdsa, Message: digest, MessageType: 'DIGEST' }));
    expect(hashed.Signature).toEqual(whole.Signature);
  });

  it('signs any of three hundred messages, whatever the length of r and s in DER', async () => {
    const { kms } = aLab(withSigningKeys());
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: P256 }));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    const lengths = new Set<number>();
    for (let index = 0; index < 300; index += 1) {
      const asked = { ...ecdsa, Message: Buffer.from(`message ${index}`) };
      const { Signature = new Uint8Array() } = await kms.send(new SignCommand(asked));
      lengths.add(Signature.length);
      expect(verify('sha256', asked.Message, key, Signature)).toBe(true);
    }
    expect(lengths.size).toBeGreaterThan(2);
  });

  it('gives the same answers in another lab of the same estate', async () => {
    const [one, other] = [aLab(withSigningKeys()).kms, aLab(withSigningKeys()).kms];
    expect((await one.send(new SignCommand(ecdsa))).Signature).toEqual(
      (await other.send(new SignCommand(ecdsa))).Signature,
    );
  });

  it('describes itself as one, by alias, id and ARN', async () => {
    const { kms } = aLab(withSigningKeys());
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/muster' }));
    expect(KeyMetadata).toMatchObject({
      KeyId: P256,
      KeyUsage: 'SIGN_VERIFY',
      KeySpec: 'ECC_NIST_P256',
      SigningAlgorithms: ['ECDSA_SHA_256'],
      CreationDate: new Date(addDays(START, -30)),
    });
    expect(KeyMetadata).not.toHaveProperty('EncryptionAlgorithms');
    const shown = await kms.send(new GetPublicKeyCommand({ KeyId: KeyMetadata?.Arn }));
    expect(shown).toMatchObject({ KeyId: KeyMetadata?.Arn, KeyUsage: 'SIGN_VERIFY', KeySpec: 'ECC_NIST_P256' });
  });

  it('leaves a key that encrypts described as it was', async () => {
    const { kms } = aLab(withSigningKeys());
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: PLAIN }));
    expect(KeyMetadata).toMatchObject({ KeyUsage: 'ENCRYPT_DECRYPT', KeySpec: 'SYMMETRIC_DEFAULT' });
  });
});

describe('signing is refused', () => {
  it.each([
    ['Disabled', 'DisabledException'],
    ['PendingDeletion', 'KMSInvalidStateException'],
  ] as const)('with a key that is %s', async (state, code) => {
    const { kms } = aLab(withSigningKeys(state));
    expect(await refusal(kms.send(new SignCommand(ecdsa)))).toMatchObject({ code, status: 400 });
    expect(await refusal(kms.send(new GetPublicKeyCommand({ KeyId: P256 })))).toMatchObject({ code, status: 400 });
  });

  it.each<[string, Partial<SignCommandInput>, string]>([
    ['with a key that encrypts', { KeyId: PLAIN }, 'InvalidKeyUsageException'],
    ['with a key that nobody made', { KeyId: 'alias/none' }, 'NotFoundException'],
    ['with the algorithm of another key', { SigningAlgorithm: 'ED25519_SHA_512' }, 'InvalidKeyUsageException'],
    ['of more than 4096 bytes', { Message: Buffer.alloc(4097) }, 'ValidationException'],
    ['of a digest of the wrong length', { Message: Buffer.alloc(31), MessageType: 'DIGEST' }, 'ValidationException'],
    ['by name for what the lab does not implement', { DryRun: true }, 'ValidationException'],
  ])('%s', async (_, fields, code) => {
    const { kms } = aLab(withSigningKeys());
    expect((await refusal(kms.send(new SignCommand({ ...ecdsa, ...fields })))).code).toBe(code);
  });

  it('of a digest by Ed25519', async () => {
    const { kms } = aLab(withSigningKeys());
    const digest: SignCommandInput = { ...edwards, Message: Buffer.alloc(64), MessageType: 'DIGEST' };
    expect((await refusal(kms.send(new SignCommand(digest)))).code).toBe('ValidationException');
  });

  it('so is the public part of a key that encrypts', async () => {
    const { kms } = aLab(withSigningKeys());
    const { code } = await refusal(kms.send(new GetPublicKeyCommand({ KeyId: PLAIN })));
    expect(code).toBe('UnsupportedOperationException');
  });
});
