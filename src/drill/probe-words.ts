/**
 * How findings of probes write figures, texts and names.
 *
 * Given plain values; one spelling for all kinds of probe. Leaves instants and durations to `core/time.ts`.
 */

const SHOWN_LENGTH_MAX = 80;

/** A figure with its thousands apart: `1,200`. */
export function group(figure: number): string {
  return figure.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** A count with its noun: `1 row`, `1,200 rows`. */
export function plural(count: number, noun: string): string {
  return `${group(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share: `10 %`. */
export function printPercent(percent: number): string {
  return `${group(percent)} %`;
}

/** A text in quotes, cut to what a line can hold; null as such. */
export function shown(text: string | null): string {
  if (text === null) return 'null';
  return JSON.stringify(text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text);
}

/** Some names, and how many more there are. */
export function someNames(names: readonly string[], namesMax: number): string {
  const more = names.length - namesMax;
  return names.slice(0, namesMax).join(', ') + (more > 0 ? ` and ${group(more)} more` : '');
}
