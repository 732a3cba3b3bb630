/** How an alert is written: a CloudEvent, bounded, with an id that follows from what happened. */

import { describe, expect, it } from 'vitest';
import { eachOnce, listed } from '../../src/alert/make-alert.ts';
import { anAlert } from '../adapters/alerts/support.ts';

describe('an alert', () => {
  it('is a CloudEvent with level, sentence, remedy and facts as its data', () => {
    expect(anAlert({ remedy: null })).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^alert-[0-9a-f]{32}$/),
      source: 'https://muster.example',
      type: 'dev.muster.verdict.changed.v1',
      subject: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
      time: '2026-11-23T10:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        from: 'ready',
        to: 'not_ready',
        level: 'critical',
        message: 'orders (123456789012/eu-west-1) is not ready any more: no recovery point outlives the change',
        remedy: null,
      },
    });
  });

  it('leads with level, sentence and remedy, whatever the facts are called', () => {
    const { data } = anAlert({ facts: { level: 'info', arn: 'a', message: 'another' } });
    expect(Object.keys(data)).toEqual(['level', 'message', 'remedy', 'arn']);
    expect([data.level, data.message === 'another']).toEqual(['critical', false]);
  });

  it('has an id of type, subject and what happened alone', () => {
    const { id } = anAlert();
    expect(anAlert({ message: 'other words', level: 'info', remedy: null, facts: {} }).id).toBe(id);
    expect(anAlert({ happened: 'else' }).id).not.toBe(id);
    expect(anAlert({ subject: 'else' }).id).not.toBe(id);
    expect(anAlert({ type: 'dev.muster.drill.failed.v1' }).id).not.toBe(id);
  });

  it('keeps its sentence to one line of a length that every receiver takes', () => {
    const { message, remedy } = anAlert({ message: `a\n  b ${'😱'.repeat(500)}`, remedy: 'x'.repeat(9_999) }).data;
    expect(message).toMatch(/^a b (?:😱)+…$/u);
    expect([message.length <= 500, (remedy ?? '').length]).toEqual([true, 2_000]);
  });
});

describe('several alerts', () => {
  it('come each once, ordered by what they are about', () => {
    const [a, b] = [anAlert({ subject: 'a' }), anAlert({ subject: 'b' })];
    expect(eachOnce([b, a, b])).toEqual([a, b]);
  });
});

describe('a long list', () => {
  it('is told by its beginning and its length', () => {
    const { count, first } = listed(Array.from({ length: 120 }, (_, index) => index));
    expect([count, first.length, first[0]]).toEqual([120, 50, 0]);
  });
});
