/** Signatures of webhooks, held against the vector that Standard Webhooks publishes and one worked out apart. */

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signedHeaders, signingKeys } from '../../../src/adapters/alerts/standard-webhooks.ts';
import { everythingSaid } from './support.ts';

/** The secret of the published vector. Source: standard-webhooks/standard-webhooks, tests of its libraries. */
const PUBLISHED = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const VECTOR = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };

describe('a signature', () => {
  it('is that of the published vector', () => {
    expect(signedHeaders(VECTOR, signingKeys(PUBLISHED, 'test'))).toEqual({
      'webhook-id': VECTOR.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is made with the bytes of the text for a secret without the prefix', () => {
    const secret = 'a long secret of plain text'.replaceAll(' ', '-');
    const content = `${VECTOR.id}.${VECTOR.timestamp}.${VECTOR.body}`;
    const byHand = createHmac('sha256', secret).update(content).digest('base64');
    const { 'webhook-signature': signature } = signedHeaders(VECTOR, signingKeys(secret, 'test'));
    expect(signature).toBe(`v1,${byHand}`);
  });

  it('is made with each of several secrets, the first first', () => {
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const { 'webhook-signature': both = '' } = signedHeaders(VECTOR, signingKeys(`${PUBLISHED} ${other}`, 'test'));
    const [first, second] = both.split(' ');
    expect(first).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    expect(second).toBe(signedHeaders(VECTOR, signingKeys(other, 'test'))['webhook-signature']);
  });

  it('is left out where there is no secret', () => {
    expect(Object.keys(signedHeaders(VECTOR, []))).toEqual(['webhook-id', 'webhook-timestamp']);
  });
});

describe('a secret', () => {
  it.each([
    ['is empty', '', 'is empty'],
    ['is white space', ' \n', 'is empty'],
    ['is the prefix alone', 'whsec_', 'has 0 bytes'],
    ['is no base64 behind its prefix', 'whsec_not*base64*not*base64*not*base64', 'is no base64'],
    ['is too short behind its prefix', `whsec_${Buffer.alloc(23).toString('base64')}`, 'has 23 bytes'],
    ['is too short', 'hunter2', 'has 7 bytes'],
  ])('that %s is refused', (_, secret, words) => {
    expect(() => signingKeys(secret, 'webhook pager')).toThrow(words);
  });

  it('is never repeated in the refusal', () => {
    for (const secret of ['whsec_not*base64*canary', 'canary']) {
      let said = '';
      try {
        signingKeys(secret, 'webhook pager');
      } catch (error) {
        said = everythingSaid(error);
      }
      expect(said).toContain('webhook pager');
      expect(said).not.toContain('canary');
    }
  });
});
