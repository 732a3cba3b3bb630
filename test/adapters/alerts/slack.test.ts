/** A channel of Slack: a message that reads well and cannot be made to do anything. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSlack, slackMessage } from '../../../src/adapters/alerts/slack.ts';
import { aListener, anAlert, errorOf, type Listener, PATIENT } from './support.ts';

let listener: Listener;
beforeAll(async () => {
  listener = await aListener();
});
afterAll(() => listener.close());

/** Every text that Slack would show. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

describe('a message', () => {
  it('says how loud it is, the sentence, the remedy and where it came from', () => {
    const alert = anAlert();
    const shown = texts(slackMessage(alert)).join('\n');
    expect(shown).toContain('*critical* orders (123456789012/eu-west-1) is not ready any more');
    expect(shown).toContain('```take a manual snapshot```');
    expect(shown).toContain(alert.id);
    expect(shown).toContain('2026-11-23 10:00:00 UTC');
  });

  it('has no block for a remedy where there is none', () => {
    expect(texts(slackMessage(anAlert({ remedy: null }))).join('\n')).not.toContain('```');
  });

  it('cannot call everybody, link, or break out of its block', () => {
    const evil = '<!channel> <https://evil.example|see> & ``` *bold*';
    const shown = texts(slackMessage(anAlert({ message: evil, remedy: evil, subject: evil })));
    expect(shown.join('\n')).not.toMatch(/<|>|&(?!amp;|lt;|gt;)/);
    expect(shown.find((text) => text.startsWith('```'))?.slice(3, -3)).not.toContain('```');
  });

  it('stays within what Slack takes in a block, also once it is escaped', () => {
    const remedy = '<'.repeat(2_000);
    const shown = texts(slackMessage(anAlert({ message: '&'.repeat(500), remedy, subject: '>'.repeat(500) })));
    expect(Math.max(...shown.map(({ length }) => length))).toBeLessThanOrEqual(3_000);
    expect(shown.every((text) => !/&(?!amp;|lt;|gt;)/.test(text))).toBe(true);
  });
});

describe('a channel', () => {
  const channel = () => createSlack({ name: 'ops', url: `${listener.url}/services/T0/B0/x`, types: null, level: null });

  it('is posted the message as JSON', async () => {
    listener.answer((response) => void response.writeHead(200).end('ok'));
    await channel().deliver(anAlert(), PATIENT);
    const got = listener.got.at(-1);
    expect(got?.headers['content-type']).toContain('application/json');
    expect(JSON.parse(got?.body ?? '')).toEqual(slackMessage(anAlert()));
  });

  it('that refuses says why in a code of Slack', async () => {
    listener.answer((response) => void response.writeHead(410).end('channel_is_archived'));
    const error = await errorOf(channel().deliver(anAlert(), PATIENT));
    expect(error.message).toMatch(
      /^slack ops at 127\.0\.0\.1:\d+ answered 410 \(channel_is_archived\) and will not take it$/,
    );
  });
});
