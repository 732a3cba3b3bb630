/**
 * Holds the answer of a scratch database against what its probe wanted, and says what a pass is worth.
 *
 * Given plain answers; asks nothing and reads no clock. A failed probe proves nothing. Structure alone never counts as
 * data: `tables`, `schema` and `integrity` can fail a drill, and a pass of theirs proves nothing about the rows.
 * A figure of an earlier drill is used only where that drill asked the very same question.
 */

import { invariant, unreachable } from '../core/invariant.ts';
import { elapsedSeconds, type Instant, printDuration, printInstant, secondsBetween } from '../core/time.ts';
import { digestFinding, schemaFinding } from './judge-digest.ts';
import type { Baseline, CountExpectation, Probe, ProbeAnswer, ProbeResult, ProbeWorth } from './probe.ts';
import { group, plural, printPercent, shown } from './probe-words.ts';
import { readsNothing } from './reads-nothing.ts';

/** What an answer is judged by, besides its probe. */
export interface JudgeContext {
  /** When the drill asks. */
  readonly at: Instant;
  /** The instant whose data the recovery point claims to hold; null when it claims none. */
  readonly dataAt: Instant | null;
  readonly baseline: Baseline | null;
}

/** Clocks differ a little; what lies further ahead than this was not written by the system that was copied. */
const SKEW_SECONDS_MAX = 300;
const PROBLEMS_SHOWN_MAX = 3;
const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

type Kind<K extends Probe['kind']> = Extract<Probe, { kind: K }>;
type Answer<K extends ProbeAnswer['kind']> = Extract<ProbeAnswer, { kind: K }>;
type Remembered = Baseline['results'][string];
/** What judging adds to what is known of every result. */
type Judged = Pick<ProbeResult, 'passed' | 'finding'> & Partial<Pick<ProbeResult, 'value' | 'digest' | 'parts'>>;

/**
 * The result of a probe, from the plain answer to it.
 *
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` when the answer is of another kind than the probe asks for.
 */
export function judgeProbe(probe: Probe, answer: ProbeAnswer, context: JudgeContext): ProbeResult {
  const judged = answer.kind === 'error' ? unasked(answer) : judge(probe, answer, context);
  return {
    name: probe.name,
    kind: probe.kind,
    question: questionOf(probe),
    proves: judged.passed ? worthOf(probe, context.baseline) : 'nothing',
    value: null,
    digest: null,
    parts: {},
    ...judged,
  };
}

/**
 * What a pass of this probe proves.
 *
 * `data` takes at least one row that was read, `comparison` a figure from outside the copy that an empty table could
 * not meet. SQL that reads no table proves nothing; whether what it reads are data is not looked into.
 */
export function worthOf(probe: Probe, baseline: Baseline | null): ProbeWorth {
  switch (probe.kind) {
    case 'row_count':
    case 'total_rows': {
      const expected = expectedCount(probe, baseline);
      if (expected !== null && expected.least >= 1) return 'comparison';
      return (probe.rowsMin ?? 0) >= 1 ? 'data' : 'nothing';
    }
    case 'checksum':
      return expectedDigest(probe, baseline) === null ? 'data' : 'comparison';
    case 'marker':
      return readsNothing(probe.sql) ? 'nothing' : 'comparison';
    case 'freshness':
      return readsNothing(probe.sql) ? 'nothing' : 'data';
    case 'sql': {
      const cannotFail = probe.equals === null && probe.min === null && probe.max === null;
      return cannotFail || readsNothing(probe.sql) ? 'nothing' : 'data';
    }
    case 'tables':
    case 'schema':
    case 'integrity':
      return 'nothing';
    default:
      return unreachable(probe, 'probe kinds');
  }
}

/** What a probe asks, in full: two probes with one text ask the same thing. */
export function questionOf(probe: Probe): string {
  switch (probe.kind) {
    case 'row_count':
      return probe.table;
    case 'total_rows':
    case 'tables':
      return 'all user tables';
    case 'freshness':
    case 'marker':
    case 'sql':
      return probe.sql;
    case 'checksum': {
      const columns = probe.columns.length === 0 ? 'all columns' : probe.columns.join(', ');
      const where = probe.where === null ? '' : ` where ${probe.where}`;
      return `${columns} of ${probe.table}${where} by ${probe.key.join(', ')}, at most ${group(probe.rowsMax)} rows`;
    }
    case 'schema':
      return 'schema of all user tables';
    case 'integrity':
      return probe.tables.length === 0 ? 'all user tables' : probe.tables.join(', ');
    default:
      return unreachable(probe, 'probe kinds');
  }
}

function judge(probe: Probe, answer: ProbeAnswer, context: JudgeContext): Judged {
  switch (probe.kind) {
    case 'row_count':
    case 'total_rows':
      return judgeCount(probe, answerOf(answer, 'count'), context.baseline);
    case 'tables': {
      const { count } = answerOf(answer, 'count');
      const finding = `${plural(count, 'user table')} (at least ${group(probe.tablesMin)} wanted)`;
      return { passed: count >= probe.tablesMin, finding, value: count };
    }
    case 'freshness':
      return judgeFreshness(probe, answerOf(answer, 'instant'), context.at);
    case 'marker':
      return judgeMarker(probe, answerOf(answer, 'instant'), context.dataAt);
    case 'checksum':
    case 'schema':
      return judgeDigest(probe, answerOf(answer, 'digest'), context.baseline);
    case 'integrity':
      return judgeIntegrity(answerOf(answer, 'integrity'));
    case 'sql':
      return judgeValue(probe, answerOf(answer, 'value'));
    default:
      return unreachable(probe, 'probe kinds');
  }
}

function judgeCount(
  probe: Kind<'row_count' | 'total_rows'>,
  answer: Answer<'count'>,
  baseline: Baseline | null,
): Judged {
  const { count, tables } = answer;
  const subject =
    probe.kind === 'row_count'
      ? `${probe.table} holds`
      : `${plural(tables, 'user table')} ${tables === 1 ? 'holds' : 'hold'}`;
  const wanted = probe.rowsMin === null ? 'no minimum' : `at least ${group(probe.rowsMin)} wanted`;
  const enough = count >= (probe.rowsMin ?? 0);
  const expected = expectedCount(probe, baseline);
  if (expected === null) {
    const alone = probe.expect === null ? '' : '; no earlier drill to compare with';
    return { passed: enough, finding: `${subject} ${plural(count, 'row')} (${wanted}${alone})`, value: count };
  }
  const off = count - expected.figure;
  const apart = off === 0 ? 'as many as' : `${group(Math.abs(off))} ${off < 0 ? 'fewer' : 'more'} than`;
  const bounds = [`at least ${group(Math.max(expected.least, probe.rowsMin ?? 0))} wanted`];
  if (expected.most !== null) bounds.push(`at most ${group(expected.most)}`);
  const finding = `${subject} ${plural(count, 'row')}, ${apart} the ${group(expected.figure)} ${expected.origin} (${bounds.join(', ')}; ${expected.tolerance})`;
  const within = count >= expected.least && (expected.most === null || count <= expected.most);
  return { passed: enough && within, finding, value: count };
}

interface ExpectedCount {
  readonly figure: number;
  readonly least: number;
  readonly most: number | null;
  readonly origin: string;
  readonly tolerance: string;
}

/** Null when nothing is expected, or there is no earlier drill to hold it against. */
function expectedCount(probe: Kind<'row_count' | 'total_rows'>, baseline: Baseline | null): ExpectedCount | null {
  const { expect } = probe;
  if (expect === null) return null;
  const figure = expect.against === 'last_drill' ? (remembered(probe, baseline)?.value ?? null) : expect.against;
  if (figure === null) return null;
  const { shrinkPercentMax, growPercentMax } = expect;
  return {
    figure,
    // Floating point must not turn 1,080 of 1,200 into 1,080.0000001, which no whole count reaches.
    least: Math.max(0, Math.ceil(figure * (1 - shrinkPercentMax / 100) - 1e-6)),
    most: growPercentMax === null ? null : Math.floor(figure * (1 + growPercentMax / 100) + 1e-6),
    origin: originOf(expect, baseline),
    tolerance: `${printPercent(shrinkPercentMax)} fewer${growPercentMax === null ? '' : ` and ${printPercent(growPercentMax)} more`} allowed`,
  };
}

function originOf(expect: CountExpectation, baseline: Baseline | null): string {
  if (expect.against !== 'last_drill' || baseline === null) return 'written down';
  return `of the drill of ${printInstant(baseline.endedAt)}`;
}

function judgeFreshness(probe: Kind<'freshness'>, answer: Answer<'instant'>, at: Instant): Judged {
  const newest = oneInstant(answer, 'there is nothing to be fresh');
  if (typeof newest !== 'string') return newest;
  const value = secondsBetween(newest, at);
  if (value < -SKEW_SECONDS_MAX) {
    const finding = `${printInstant(newest)} lies ahead of ${printInstant(at)}: it says nothing about age`;
    return { passed: false, finding, value };
  }
  const limit = `at most ${printDuration(probe.ageSecondsMax)} wanted`;
  const finding = `newest is ${printInstant(newest)}, ${printDuration(Math.max(0, value))} old (${limit})`;
  return { passed: value <= probe.ageSecondsMax, finding, value };
}

function judgeMarker(probe: Kind<'marker'>, answer: Answer<'instant'>, dataAt: Instant | null): Judged {
  const newest = oneInstant(answer, 'there is nothing to compare');
  if (typeof newest !== 'string') return newest;
  if (dataAt === null) {
    return { passed: false, finding: 'cannot be compared: the recovery point claims no instant for its data' };
  }
  const lagSeconds = elapsedSeconds(newest, dataAt);
  const value = probe.keepValue ? secondsBetween(newest, dataAt) : null;
  // Together with the claimed instant the distance is the value, so it is kept under the same condition.
  const what = probe.keepValue ? `newest write ${printInstant(newest)}` : 'the newest write';
  const by = probe.keepValue ? ` by ${printDuration(Math.abs(lagSeconds))}` : '';
  const claim = `the claimed ${printInstant(dataAt)}`;
  const limit = `at most ${printDuration(probe.lagSecondsMax)} before it wanted`;
  if (lagSeconds > probe.lagSecondsMax) {
    return { passed: false, finding: `${what} is older than the copy claims: before ${claim}${by} (${limit})`, value };
  }
  if (lagSeconds < -SKEW_SECONDS_MAX) {
    const finding = `${what} lies after ${claim}${by}: holds data from after its claimed instant: it is another copy`;
    return { passed: false, finding, value };
  }
  return { passed: true, finding: `${what} agrees with ${claim} (${limit})`, value };
}

/** The one instant that was yielded, or why there is none. */
function oneInstant(answer: Answer<'instant'>, consequence: string): Instant | Judged {
  const fail = (finding: string): Judged => ({ passed: false, finding });
  if (answer.rows !== 1) return fail(`yields ${answer.rows === 0 ? 'no row' : 'more than one row'}, not one timestamp`);
  return answer.instant ?? fail(`yields no timestamp: ${consequence}`);
}

function judgeDigest(probe: Kind<'checksum' | 'schema'>, answer: Answer<'digest'>, baseline: Baseline | null): Judged {
  const expected = expectedDigest(probe, baseline);
  const origin = probe.expect !== 'last_drill' || baseline === null ? null : baseline.endedAt;
  const judged =
    probe.kind === 'checksum'
      ? digestFinding(probe, answer, { expected, endedAt: origin })
      : schemaFinding(answer, { expected, endedAt: origin, before: remembered(probe, baseline)?.parts ?? null });
  return { ...judged, value: answer.rows, digest: answer.digest, parts: answer.parts };
}

function expectedDigest(probe: Kind<'checksum' | 'schema'>, baseline: Baseline | null): string | null {
  return probe.expect === 'last_drill' ? (remembered(probe, baseline)?.digest ?? null) : probe.expect;
}

function judgeIntegrity({ checked, problems }: Answer<'integrity'>): Judged {
  if (problems.length > 0) {
    const more = problems.length - PROBLEMS_SHOWN_MAX;
    const told = problems.slice(0, PROBLEMS_SHOWN_MAX).join('; ') + (more > 0 ? `; and ${group(more)} more` : '');
    return {
      passed: false,
      finding: `${plural(problems.length, 'problem')} in ${group(checked)} checked: ${told}`,
      value: checked,
    };
  }
  if (checked === 0) return { passed: false, finding: 'nothing was there to be checked', value: 0 };
  return { passed: true, finding: `${group(checked)} checked, no problem found`, value: checked };
}

function judgeValue(probe: Kind<'sql'>, { text, rows, columns }: Answer<'value'>): Judged {
  if (rows !== 1 || columns !== 1) return { passed: false, finding: 'yields other than one row of one column' };
  const figure = text !== null && DECIMAL.test(text) ? Number(text) : null;
  const { equals, min, max } = probe;
  const bounded = min !== null || max !== null;
  const inBounds = figure !== null && figure >= (min ?? -Infinity) && figure <= (max ?? Infinity);
  const passed = (equals === null || text === equals) && (!bounded || inBounds);
  const wanted: string[] = [];
  // A passed comparison gives the value away, so what is wanted is shown only where the value may be.
  if (equals !== null) wanted.push(probe.keepValue ? shown(equals) : 'one value');
  if (min !== null) wanted.push(`at least ${group(min)}`);
  if (max !== null) wanted.push(`at most ${group(max)}`);
  const what = probe.keepValue ? shown(text) : `a value that ${passed ? 'agrees' : 'does not agree'}`;
  const finding =
    wanted.length === 0
      ? `yields ${probe.keepValue ? shown(text) : 'a value'} (nothing is wanted of it)`
      : `yields ${what} (${wanted.join(', ')} wanted)`;
  return { passed, finding, value: probe.keepValue ? figure : null };
}

/** What the earlier drill found to this very question. */
function remembered(probe: Probe, baseline: Baseline | null): Remembered | null {
  if (baseline === null || !Object.hasOwn(baseline.results, probe.name)) return null;
  const result = baseline.results[probe.name];
  return result?.kind === probe.kind && result.question === questionOf(probe) ? result : null;
}

function unasked({ message }: Answer<'error'>): Judged {
  return { passed: false, finding: `could not be asked: ${message}` };
}

function answerOf<K extends ProbeAnswer['kind']>(answer: ProbeAnswer, kind: K): Answer<K> {
  invariant(isOfKind(answer, kind), 'an answer is of the kind its probe asks for', { kind, answer: answer.kind });
  return answer;
}

function isOfKind<K extends ProbeAnswer['kind']>(answer: ProbeAnswer, kind: K): answer is Answer<K> {
  return answer.kind === kind;
}
