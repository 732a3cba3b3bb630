/**
 * Whether the patterns of a policy cover a name: `*` for any text, `?` for one character.
 *
 * Action names match in whatever case. An ARN is matched whole and segment by segment; where the two disagree, where
 * a policy variable stands, or where no thing is named, the answer is `maybe`.
 * Source: AWS IAM User Guide, "IAM JSON policy elements: Action", "Resource" and "Policy variables".
 */

/** `maybe` covers for the sake of an Allow, and does not for the sake of a Deny. */
export type Covering = 'yes' | 'maybe' | 'no';

const VARIABLE = /\$\{[^}]*\}/g;
/** Partition, service, region and account end at a colon; the rest of an ARN may hold more of them. */
const ARN_SEGMENTS = 6;

/** True when one of the patterns covers an action such as `rds:DeleteDBSnapshot`. */
export function coversAction(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
}

/** Whether one of the patterns covers a thing. @param resource Null for whichever thing serves the caller. */
export function coversResource(patterns: readonly string[], resource: string | null): Covering {
  const found = patterns.map((pattern) => coversOne(pattern, resource));
  if (found.includes('yes')) return 'yes';
  return found.includes('maybe') ? 'maybe' : 'no';
}

function coversOne(pattern: string, resource: string | null): Covering {
  if (pattern === '*') return 'yes';
  if (resource === null) return 'maybe';
  if (!matches(pattern.replace(VARIABLE, '*'), resource)) return 'no';
  // No name holds the signs of a variable, so a pattern with one never matches as it stands.
  return matchesBySegment(pattern, resource) ? 'yes' : 'maybe';
}

function matchesBySegment(pattern: string, resource: string): boolean {
  const [wanted, had] = [segmentsOf(pattern), segmentsOf(resource)];
  return wanted.length === had.length && wanted.every((segment, index) => matches(segment, had[index] ?? ''));
}

function segmentsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, ARN_SEGMENTS - 1), parts.slice(ARN_SEGMENTS - 1).join(':')];
}

/** One pattern over one text; at most as many steps as the product of their lengths, however the stars stand. */
function matches(pattern: string, text: string): boolean {
  let [at, on] = [0, 0];
  // Where the last star stands, and how far the text it took reaches.
  let [star, taken] = [-1, 0];
  while (at < text.length) {
    if (on < pattern.length && pattern[on] === '*') {
      [star, taken] = [on, at];
      on += 1;
    } else if (on < pattern.length && (pattern[on] === '?' || pattern[on] === text[at])) {
      [at, on] = [at + 1, on + 1];
    } else if (star >= 0) {
      taken += 1;
      [at, on] = [taken, star + 1];
    } else return false;
  }
  return [...pattern.slice(on)].every((sign) => sign === '*');
}
