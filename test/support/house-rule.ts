/**
 * The shape of a house rule, and the files it looks at.
 *
 * A rule has a name, a reason and what to do instead, and it proves itself: it carries small sources that break it and
 * small ones that keep it.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Import, importsOf, type Source, scanSource } from './source-scan.ts';

/** A file of the project, taken apart. */
export interface HouseFile extends Source {
  /** From the top of the checkout, such as `src/core/time.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
}

/** One breach of a rule. */
export interface Breach {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** Sources by path. */
export type Sources = Readonly<Record<string, string>>;

export interface HouseRule {
  readonly name: string;
  readonly reason: string;
  readonly instead: string;
  readonly check: (files: readonly HouseFile[]) => readonly Breach[];
  /** Each of these breaks the rule. */
  readonly broken: readonly Sources[];
  /** Each of these keeps it, though it looks close. */
  readonly kept: readonly Sources[];
}

/** Files made from text, for a rule's own proof. */
export function filesFrom(sources: Sources): HouseFile[] {
  return Object.entries(sources).map(([path, text]) => {
    const source = scanSource(text);
    return { path, ...source, imports: importsOf(source) };
  });
}

/** Every TypeScript file below a folder of the checkout. */
export function readFiles(folder: string): HouseFile[] {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'))
    .sort();
  return filesFrom(Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'utf8')])));
}

/** Where a relative import points, such as `src/core/time.ts`; null for a package. */
export function resolveImport(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null;
}

/** A rule's breaches as lines a person can act on. */
export function explain(rule: HouseRule, breaches: readonly Breach[]): string[] {
  return breaches.map(
    ({ path, line, what }) => `${path}:${line} ${what}. Why: ${rule.reason} Instead: ${rule.instead}`,
  );
}
