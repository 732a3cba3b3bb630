/** Envelopes: what is signed, who can have signed it, and everything that must not pass. */

import { spawnSync } from 'node:child_process';
import { sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dsse, crypto as sigstoreCrypto } from '@sigstore/core';
import { describe, expect, it } from 'vitest';
import { type Envelope, envelopeOf, parseEnvelope, preAuthEncoding, verifyEnvelope } from '../../src/evidence/dsse.ts';
import type { PublicKey } from '../../src/evidence/keys.ts';
import { aP256Signer, aSigner, flipped, type TestSigner, THE_VECTOR } from '../support/signing.ts';

const TYPE = 'application/vnd.in-toto+json';
const PAYLOAD = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
const VECTOR_SIGNATURE = '2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==';
const signer = aSigner(THE_VECTOR);
const OPENSSL = spawnSync('openssl', ['version'], { encoding: 'utf8' }).status === 0;
if (!OPENSSL) process.stderr.write('SKIPPED: no openssl here, so nothing but this process checked the signatures\n');

async function signed(by: TestSigner = signer, payload: Uint8Array = PAYLOAD, payloadType = TYPE): Promise<Envelope> {
  const bytes = await by.sign(preAuthEncoding(payloadType, payload));
  return envelopeOf({ payloadType, payload }, { kid: by.key.kid, bytes });
}

function check(envelope: unknown, keys: readonly PublicKey[] = [signer.key]) {
  return verifyEnvelope(parseEnvelope(JSON.stringify(envelope), 'a.json'), keys);
}

describe('the published vector', () => {
  it('has the public key of RFC 8032, test 1', () => {
    expect(signer.key.x).toBe('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');
    expect(PAYLOAD).toHaveLength(43);
  });

  it('is signed to the last byte', async () => {
    expect((await signed()).signatures).toEqual([{ keyid: signer.key.kid, sig: VECTOR_SIGNATURE }]);
  });
});

describe('what is signed', () => {
  it.each([
    ['plain text', 'text/plain', 'hello world'],
    ['nothing', 'a', ''],
    ['text of more bytes than characters', 'täxt/plain', 'größe €'],
    ['a blank in the type', 'a 3 b', '3 abc'],
  ])('is what sigstore signs: %s', (_, type, text) => {
    const payload = Buffer.from(text);
    expect(Buffer.from(preAuthEncoding(type, payload))).toEqual(dsse.preAuthEncoding(type, payload));
  });

  it('counts bytes, not characters', () => {
    expect(Buffer.from(preAuthEncoding('é', Buffer.from('€'))).toString()).toBe('DSSEv1 2 é 3 €');
  });
});

describe('other implementations', () => {
  it.each([
    ['Ed25519', signer, undefined],
    ['ECDSA on P-256', aP256Signer(), 'sha256'],
  ])('accept what was signed with %s', async (_, by, hash) => {
    const envelope = await signed(by);
    const input = dsse.preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
    const sig = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64');
    const key = hash === undefined ? by.public : ({ key: by.public, dsaEncoding: 'ieee-p1363' } as never);
    expect(sigstoreCrypto.verify(input, key, sig, hash)).toBe(true);
  });

  it.skipIf(!OPENSSL)('openssl accepts the Ed25519 signature, and refuses it over another payload', async () => {
    const envelope = await signed();
    const folder = mkdtempSync(join(tmpdir(), 'muster-dsse-'));
    try {
      const file = (name: string, content: string | Uint8Array) => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
      };
      const key = file('key.pem', signer.public.export({ format: 'pem', type: 'spki' }));
      const sig = file('sig', Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64'));
      const exit = (payload: Buffer) => {
        const input = file('in', preAuthEncoding(TYPE, payload));
        const args = ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', input, '-sigfile', sig];
        return spawnSync('openssl', args).status;
      };
      expect([exit(PAYLOAD), exit(Buffer.from('{}'))]).toEqual([0, 1]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is what this one accepts when sigstore encodes and node signs', async () => {
    const bytes = await signer.sign(dsse.preAuthEncoding(TYPE, PAYLOAD));
    expect(check(envelopeOf({ payloadType: TYPE, payload: PAYLOAD }, { kid: 'any name', bytes })).signature).toBe(
      'valid',
    );
    expect(verify(null, preAuthEncoding(TYPE, PAYLOAD), signer.public, bytes)).toBe(true);
  });
});

describe('an envelope that holds', () => {
  it('gives its payload and the key that vouched', async () => {
    expect(check(await signed())).toEqual({ signature: 'valid', key: signer.key, payload: PAYLOAD });
  });

  it.each(['standard', 'url-safe', 'unpadded url-safe'])('may be written in %s base64', async (form) => {
    // These bytes hold both characters in which the alphabets differ.
    const { payloadType, payload, signatures } = await signed(signer, Buffer.from([0xfb, 0xef, 0xff, 0xfe]));
    const spelled = (text: string) => {
      const url = text.replaceAll('+', '-').replaceAll('/', '_');
      return { standard: text, 'url-safe': url, 'unpadded url-safe': url.replace(/=+$/, '') }[form] ?? '';
    };
    const again = signatures.map(({ keyid, sig }) => ({ keyid, sig: spelled(sig) }));
    expect(check({ payloadType, payload: spelled(payload), signatures: again }).signature).toBe('valid');
  });

  it('holds under a wrong name of its key, which is a hint only', async () => {
    const envelope = await signed();
    const renamed = { ...envelope, signatures: envelope.signatures.map(({ sig }) => ({ keyid: 'somebody', sig })) };
    expect(check(renamed).signature).toBe('valid');
  });

  it('holds without a name of its key', async () => {
    const envelope = await signed();
    expect(check({ ...envelope, signatures: envelope.signatures.map(({ sig }) => ({ sig })) }).signature).toBe('valid');
  });

  it('holds when one of two signatures does', async () => {
    const envelope = await signed();
    const bad = { keyid: aSigner('other').key.kid, sig: Buffer.alloc(64, 1).toString('base64') };
    expect(check({ ...envelope, signatures: [bad, ...envelope.signatures] }).signature).toBe('valid');
    expect(check({ ...envelope, signatures: [bad, bad] }).signature).toBe('no_key');
  });

  it('may bear members that nobody knows', async () => {
    expect(check({ ...(await signed()), extra: 1 }).signature).toBe('valid');
  });

  it('holds by ECDSA on P-256 as well', async () => {
    const by = aP256Signer();
    expect(check(await signed(by), [signer.key, by.key]).signature).toBe('valid');
  });
});

describe('an envelope that does not hold', () => {
  it('is one with any bit of its payload turned over', async () => {
    const envelope = await signed();
    const found = [...PAYLOAD.keys()].map((index) => {
      const payload = Buffer.from(flipped(PAYLOAD, index)).toString('base64');
      return check({ ...envelope, payload }).signature;
    });
    expect(new Set(found)).toEqual(new Set(['invalid']));
  });

  it.each([
    ['Ed25519', signer],
    ['P-256', aP256Signer()],
  ])('is one with any byte of its %s signature changed', async (_, by) => {
    const envelope = await signed(by);
    const sig = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64');
    const found = [...sig.keys()].map((index) => {
      const other = { keyid: by.key.kid, sig: Buffer.from(flipped(sig, index)).toString('base64') };
      return check({ ...envelope, signatures: [other] }, [by.key]).signature;
    });
    expect(new Set(found)).toEqual(new Set(['invalid']));
  });

  it('is one whose payload type was swapped', async () => {
    expect(check({ ...(await signed()), payloadType: 'application/json' }).signature).toBe('invalid');
  });

  it('is one whose type and payload were cut elsewhere', async () => {
    const envelope = await signed(signer, Buffer.from('bc'), 'a');
    expect(check({ ...envelope, payloadType: 'ab', payload: Buffer.from('c').toString('base64') }).signature).toBe(
      'invalid',
    );
  });

  it('is one without a signature, with an empty one, a short one or a long one', async () => {
    const envelope = await signed();
    const sig = Buffer.from(VECTOR_SIGNATURE, 'base64');
    const of = (...sigs: Uint8Array[]) =>
      check({
        ...envelope,
        signatures: sigs.map((bytes) => ({ keyid: signer.key.kid, sig: Buffer.from(bytes).toString('base64') })),
      }).signature;
    expect([of(), of(Buffer.alloc(0)), of(sig.subarray(0, 63)), of(Buffer.concat([sig, sig]))]).toEqual(
      Array(4).fill('invalid'),
    );
  });

  it('is one signed with a key for tokens, though the signature is right', async () => {
    const token = aSigner('token', { purpose: 'token' });
    expect(check(await signed(token), [token.key, signer.key]).signature).toBe('no_key');
  });

  it('is told apart from one whose key was not given', async () => {
    const envelope = await signed();
    const other = aSigner('other');
    expect(check(envelope, [other.key]).signature).toBe('no_key');
    expect(check(envelope, []).signature).toBe('no_key');
    const posing = { ...envelope, signatures: envelope.signatures.map(({ sig }) => ({ keyid: other.key.kid, sig })) };
    expect(check(posing, [other.key]).signature).toBe('invalid');
  });

  it('is one whose P-256 signature is written as DER', async () => {
    const by = aP256Signer();
    const envelope = await signed(by);
    const der = sign('sha256', preAuthEncoding(TYPE, PAYLOAD), by.secret);
    expect(
      check({ ...envelope, signatures: [{ keyid: by.key.kid, sig: der.toString('base64') }] }, [by.key]).signature,
    ).toBe('invalid');
  });

  it('is every one by a key that is no point of its curve', async () => {
    const off: PublicKey = { ...aP256Signer().key, y: aP256Signer().key.x };
    expect(check(await signed(aP256Signer()), [off]).signature).toBe('invalid');
  });
});

describe('two members of one name', () => {
  it('are read once: what is checked is what is handed out', async () => {
    const { payloadType, payload, signatures } = await signed();
    const evil = Buffer.from('{"evil":true}').toString('base64');
    const text = (first: string, second: string) =>
      `{"payloadType":"${payloadType}","payload":"${first}","payload":"${second}","signatures":${JSON.stringify(signatures)}}`;
    const open = (envelope: string) => verifyEnvelope(parseEnvelope(envelope, 'a.json'), [signer.key]);
    expect(open(text(payload, evil)).signature).toBe('invalid');
    expect(open(text(evil, payload))).toMatchObject({ signature: 'valid', payload: PAYLOAD });
  });
});

describe('what is no envelope', () => {
  const good = { payloadType: 'a', payload: '', signatures: [] };
  it.each([
    ['no JSON', 'nonsense', 'is neither an attestation (a DSSE envelope or a token) nor an export of records'],
    ['no object', '[]', 'is no DSSE envelope'],
    ['no payload', JSON.stringify({ ...good, payload: undefined }), 'payload'],
    ['no signatures', JSON.stringify({ ...good, signatures: undefined }), 'signatures'],
    ['a payload type of nothing', JSON.stringify({ ...good, payloadType: '' }), 'payloadType'],
    ['too many signatures', JSON.stringify({ ...good, signatures: Array(17).fill({ sig: '' }) }), 'signatures'],
    ['a payload that is no base64', JSON.stringify({ ...good, payload: 'a$==' }), 'payload is not base64'],
    ['base64 of both alphabets at once', JSON.stringify({ ...good, payload: '+_+_' }), 'payload is not base64'],
    ['base64 with bits to spare', JSON.stringify({ ...good, payload: 'AB==' }), 'payload is not base64'],
    ['base64 badly padded', JSON.stringify({ ...good, payload: 'AAA==' }), 'payload is not base64'],
    ['a line break in base64', JSON.stringify({ ...good, payload: 'AAAA\n' }), 'payload is not base64'],
  ])('is refused by name: %s', (_, text, named) => {
    expect(() => parseEnvelope(text, 'a.json')).toThrow(
      expect.objectContaining({ code: 'MUSTER_ATTESTATION_INVALID', message: expect.stringContaining(named) }),
    );
  });

  it('is refused when megabytes of almost base64 end in something else', () => {
    const payload = `${'A'.repeat(8_000_000)}$`;
    expect(() => parseEnvelope(JSON.stringify({ ...good, payload }), 'a.json')).toThrow('payload is not base64');
  });
});
