/**
 * Access tokens as text: a line each, the newest first, and what is said when one is made or taken back.
 *
 * Given what lists show of a token, which is nothing of its secret.
 */

import { type Instant, printInstant } from '../core/time.ts';
import type { TokenScope, TokenState } from '../evidence/access-token.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import type { Brush, Paint } from './style.ts';
import { type Cell, table } from './table.ts';
import { printMinute } from './words.ts';

interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly state: TokenState;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly expiresAt: Instant;
  readonly revokedAt: Instant | null;
  readonly revokedBy: string | null;
}

/** All tokens. */
export function renderTokens(tokens: readonly Token[], paint: Paint, width: number = REPORT_WIDTH): string {
  if (tokens.length === 0) return 'no token was given out\n';
  const shown = COLUMNS.filter(({ widthMin }) => width >= widthMin);
  const rows = tokens.map((token) => shown.map(({ cell }) => cell(token, paint)));
  return lines(table({ headings: shown.map(({ heading }) => heading), rows, indent: 0, width, paint }));
}

/** On a narrow page the last of these go, so that no id is broken in two: it is what `token revoke` takes. */
const COLUMNS: readonly {
  readonly heading: string;
  readonly widthMin: number;
  readonly cell: (token: Token, paint: Paint) => Cell;
}[] = [
  { heading: 'token', widthMin: 0, cell: ({ id }) => id },
  { heading: 'state', widthMin: 0, cell: ({ state }, paint) => ({ text: state, brush: brushOf(state, paint) }) },
  { heading: 'ends (UTC)', widthMin: 0, cell: ({ expiresAt }) => minuteOf(expiresAt) },
  { heading: 'scopes', widthMin: 0, cell: ({ scopes }) => scopes.join(' ') },
  { heading: 'name', widthMin: 0, cell: ({ name }) => name },
  { heading: 'made by', widthMin: 80, cell: ({ createdBy }) => createdBy },
  { heading: 'made (UTC)', widthMin: 100, cell: ({ createdAt }) => minuteOf(createdAt) },
];

/** What is said of a token that was just given out; the token itself is printed elsewhere. */
export function renderTokenCreated(
  { id, name, scopes, expiresAt }: Pick<Token, 'id' | 'name' | 'scopes' | 'expiresAt'>,
  width: number = REPORT_WIDTH,
): string {
  return lines([
    ...hanging('', `token ${id} for ${name}: ${scopes.join(', ')}, until ${printInstant(expiresAt)}`, width),
    ...hanging('', 'It is shown this once; only a digest of its secret is kept.', width),
  ]);
}

/** What is said of a token that was taken back, now or `before`. */
export function renderTokenRevoked(token: Token, before: boolean, width: number = REPORT_WIDTH): string {
  const { id, name, revokedAt, revokedBy } = token;
  const when = revokedAt === null ? '' : ` at ${printInstant(revokedAt)}`;
  const who = revokedBy === null ? '' : ` by ${revokedBy}`;
  const what = before ? `was revoked before${when}${who}; nothing changed` : `is revoked${who}`;
  return lines(hanging('', `token ${id} for ${name} ${what}`, width));
}

function brushOf(state: TokenState, paint: Paint): Brush {
  return { active: paint.green, expired: paint.yellow, revoked: paint.red }[state];
}

function minuteOf(at: Instant): string {
  return printMinute(at).replace(/ UTC$/, '');
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
