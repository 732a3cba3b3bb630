/**
 * Alerts to a channel of Slack, through an incoming webhook whose URL is a secret.
 *
 * Everything told is escaped, so that a name cannot call everybody, link or format. The id stands at the foot: Slack does
 * not know an alert that comes twice, a reader does.
 * Source: Slack API, "Sending messages using incoming webhooks", "Formatting message text" (Escaping text), "Section
 * block" (text of 3,000 characters at the most).
 */

import type { Alert, AlertLevel } from '../../alert/alert.ts';
import { isWanted, type Wanted } from '../../alert/wanted.ts';
import type { AlertReceiver } from '../../app/alert-port.ts';
import { printInstant } from '../../core/time.ts';
import { parsePlace, send } from './post.ts';

/** How a channel is told. */
export interface SlackOptions extends Wanted {
  readonly name: string;
  /** A secret as a whole. */
  readonly url: string;
}

const TEXT_LENGTH_MAX = 2_900;
const SIGNS: Readonly<Record<AlertLevel, string>> = {
  critical: ':red_circle:',
  warning: ':large_yellow_circle:',
  info: ':white_circle:',
};

/** A channel. @throws MusterError `MUSTER_SERVICE_INVALID` for an address that cannot be used. */
export function createSlack({ name, url, ...wanted }: SlackOptions): AlertReceiver {
  const place = parsePlace(url, { name: `slack ${name}`, origin: 'its url' });
  return {
    name,
    wants: (alert) => isWanted(alert, wanted),
    deliver: (alert, signal) => {
      const body = JSON.stringify(slackMessage(alert));
      return send(
        place,
        { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8' }, body },
        signal,
      );
    },
  };
}

/** An alert as a message: the sentence, what to do, and where it came from. */
export function slackMessage({ id, source, type, subject, time, data: { level, message, remedy } }: Alert): object {
  const headline = `${SIGNS[level]} *${level}* ${escaped(message)}`;
  const foot = [type, subject, printInstant(time), source, id].map((text) => escaped(text, 300)).join('  ·  ');
  return {
    // What a notification shows, and a client without blocks.
    text: `${level}: ${escaped(message)}`,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: headline, verbatim: true } },
      ...(remedy === null
        ? []
        : [{ type: 'section', text: { type: 'mrkdwn', text: `\`\`\`${escaped(remedy)}\`\`\``, verbatim: true } }]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: foot, verbatim: true }] },
    ],
  };
}

/** Text without anything that Slack would act on, of no more than so many characters once it is escaped. */
function escaped(text: string, length = TEXT_LENGTH_MAX): string {
  let out = '';
  for (const character of text.replaceAll('```', "'''")) {
    const safe = ESCAPES[character] ?? character;
    if (out.length + safe.length >= length) return `${out}…`;
    out += safe;
  }
  return out;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
