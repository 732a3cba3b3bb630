/**
 * The house rules, held over the whole source.
 *
 * Every rule lives in test/support with its reason; here each is applied, and shown to fail where it must.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explain, filesFrom, readFiles } from './support/house-rule.ts';
import { IMPORT_RULES } from './support/import-rules.ts';
import { SHAPE_RULES } from './support/shape-rules.ts';
import { importsOf, scanSource } from './support/source-scan.ts';
import { TEXT_RULES } from './support/text-rules.ts';

const FILES = [...readFiles('src'), ...readFiles('test')];
const TOP_LEVEL = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'drills',
  'infra',
  'package-lock.json',
  'package.json',
  'src',
  'test',
  'tsconfig.json',
];
const NOT_KEPT = ['node_modules', 'dist', 'coverage'];

describe.each([...IMPORT_RULES, ...TEXT_RULES, ...SHAPE_RULES])('$name', (rule) => {
  it('holds everywhere', () => {
    expect(explain(rule, rule.check(FILES))).toEqual([]);
  });

  it.each(rule.broken.map((sources) => [label(sources), sources] as const))('is broken by %s', (_, sources) => {
    expect(rule.check(filesFrom(sources))).not.toEqual([]);
  });

  it.each(rule.kept.map((sources) => [label(sources), sources] as const))('is kept by %s', (_, sources) => {
    expect(rule.check(filesFrom(sources))).toEqual([]);
  });
});

describe('the checkout', () => {
  it('has nothing at its top but what belongs there', () => {
    const entries = readdirSync('.').filter((name) => !name.startsWith('.') && !NOT_KEPT.includes(name));
    expect(entries.filter((name) => !TOP_LEVEL.includes(name))).toEqual([]);
  });

  it('locks its packages without naming a registry, for every platform', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>;
    };
    expect(Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined)).toEqual([]);
    const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    // npm leaves out platforms that a mirror does not carry, and `npm ci` then refuses the whole file.
    expect(wanted.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });
});

describe('the scanner', () => {
  it('tells code from comments, strings, templates and regular expressions', () => {
    const source = scanSource(`a /* b */ 'c' \`d \${e({ f: \`g \${h}\` })} i\` /[/'j]/.test(k) // l\nm / n / o`);
    expect(source.code.replace(/[^a-z]/g, '')).toBe('aefhtestkmno');
    expect(source.code).toHaveLength(source.text.length);
    expect(source.comments.map(({ text }) => text)).toEqual(['/* b */', '// l']);
  });

  it('is not led astray by quotes in comments or escapes in strings', () => {
    const source = scanSource("// don't\nconst a = 'it\\'s'; // \"\nconst b = a;");
    expect(source.code).toContain('const b = a;');
    expect(source.strings.map(({ text }) => text)).toEqual(["it\\'s"]);
  });

  it('finds every form of import and knows which are of types only', () => {
    const text = [
      "import a from 'm1';",
      "import type { B } from 'm2';",
      "import { type C, type D } from 'm3';",
      "import { type E, f } from 'm4';",
      "import 'm5';",
      "export * from 'm6';",
      "export type { G } from 'm7';",
      "const h = await import('m8');",
      "type I = typeof import('m9');",
      "import {\n  j,\n  type K,\n} from 'm10';",
      "const from = 'no';",
      "const l = Array.from('no');",
    ].join('\n');
    expect(
      importsOf(scanSource(text)).map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? ' type' : ''}`),
    ).toEqual(['m1', 'm2 type', 'm3 type', 'm4', 'm5', 'm6', 'm7 type', 'm8', 'm9 type', 'm10']);
  });
});

function label(sources: Readonly<Record<string, string>>): string {
  return Object.entries(sources)
    .map(([path, text]) => `${path}: ${JSON.stringify(text.slice(0, 70))}`)
    .join(' and ');
}
