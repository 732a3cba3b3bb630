/**
 * The house rules on the shape of a file: its name, its header, its length, its docstrings.
 */

import type { Breach, HouseFile, HouseRule } from './house-rule.ts';

const LINES_MAX = 400;
const inSource = ({ path }: HouseFile) => path.startsWith('src/');

const NAME_RULE: HouseRule = {
  name: 'files and folders are kebab-case',
  reason: 'One spelling works on every file system.',
  instead: 'write `restore-window.ts`.',
  check: (files) =>
    files
      .filter(({ path }) => !path.split('/').every((part) => /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*$/.test(part)))
      .map(({ path }) => ({ path, line: 1, what: 'is not kebab-case' })),
  broken: [{ 'src/core/restoreWindow.ts': '' }, { 'src/core/restore_window.ts': '' }, { 'src/Core/a.ts': '' }],
  kept: [{ 'src/core/restore-window.ts': '' }, { 'test/core/time.test.ts': '' }, { 'src/intent/k8s/a.d.ts': '' }],
};

const HEADER_RULE: HouseRule = {
  name: 'every source file opens with a header of three to eight lines',
  reason: 'A reader learns what a file decides, what it is given and what it leaves out before reading it.',
  instead: 'open with `/** ... */`, a summary line, a blank line and what a reader must know, 3 to 8 lines inside.',
  check: (files) => files.filter(inSource).flatMap(headerBreaches),
  broken: [
    { 'src/core/a.ts': 'export const a = 1;\n' },
    { 'src/core/a.ts': '/** One line. */\n\nconst a = 1;\n' },
    { 'src/core/a.ts': '/*\n * Not\n *\n * a docstring.\n */\n' },
    { 'src/core/a.ts': `/**\n${' * line\n'.repeat(9)} */\n` },
    { 'src/core/a.ts': `import './b.ts';\n\n/**\n * Too\n *\n * late.\n */\n` },
  ],
  kept: [
    { 'src/core/a.ts': '/**\n * What it is.\n *\n * What it is given.\n */\n' },
    { 'src/main.ts': '#!/usr/bin/env node\n/**\n * What it is.\n *\n * What it is given.\n */\n' },
  ],
};

const LENGTH_RULE: HouseRule = {
  name: `no source file is longer than ${LINES_MAX} lines`,
  reason: 'A file that long holds a second idea.',
  instead: 'find the second idea and give it a file.',
  check: (files) =>
    files
      .filter(inSource)
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > LINES_MAX)
      .map(({ path, lines }) => ({ path, line: LINES_MAX + 1, what: `has ${lines} lines` })),
  broken: [{ 'src/core/a.ts': '// a\n'.repeat(LINES_MAX + 1) }],
  kept: [{ 'src/core/a.ts': '// a\n'.repeat(LINES_MAX) }],
};

const DOCSTRING_RULE: HouseRule = {
  name: 'every export of src has a docstring directly above it',
  reason: 'Shapes, units and errors are promises to the caller; the signature does not carry them.',
  instead: 'write one line that says what it means; a list and the union derived from it share one.',
  check: (files) => files.filter(inSource).flatMap(undocumentedExports),
  broken: [
    { 'src/core/a.ts': 'export function a(): void {}' },
    { 'src/core/a.ts': '/** Far away. */\n\nconst b = 1;\nexport const a = b;' },
    { 'src/core/a.ts': '/* Not a docstring. */\nexport interface A {}' },
    { 'src/core/a.ts': '// Not a docstring.\nexport class A {}' },
    { 'src/core/a.ts': 'export type A = { readonly b: string };' },
    { 'src/core/a.ts': `export const LIST = ['a'] as const;\nexport type Member = (typeof LIST)[number];` },
  ],
  kept: [
    { 'src/core/a.ts': '/** What it means. */\nexport async function a() {}' },
    {
      'src/core/a.ts': `/** What it lists. */\nexport const LIST = ['a'] as const;\nexport type Member = (typeof LIST)[number];`,
    },
    {
      'src/core/a.ts': `export const LIST = ['a'] as const;\n/** What it is. */\nexport type Member = (typeof LIST)[number];`,
    },
    { 'src/core/a.ts': 'export type Code = keyof typeof CODES;\nexport type Kind = Action["kind"];' },
    { 'src/core/a.ts': `export { b } from './b.ts';` },
  ],
};

/** All rules on the shape of files. */
export const SHAPE_RULES: readonly HouseRule[] = [NAME_RULE, HEADER_RULE, LENGTH_RULE, DOCSTRING_RULE];

function headerBreaches({ path, text }: HouseFile): Breach[] {
  const body = text.replace(/^#!.*\n/, '');
  const header = /^\/\*\*\n([\s\S]*?)\n? *\*\//.exec(body)?.[1];
  if (header === undefined) return [{ path, line: 1, what: 'does not open with a header comment' }];
  const lines = header.split('\n').length;
  return lines >= 3 && lines <= 8 ? [] : [{ path, line: 1, what: `has a header of ${lines} lines` }];
}

function undocumentedExports(file: HouseFile): Breach[] {
  const pattern =
    /^export (?:default )?(?:async )?(?:abstract )?(function\*?|class|interface|type|const|let) ([\w$]+)(.*)$/gm;
  return [...file.code.matchAll(pattern)].flatMap((match) => {
    const [, keyword = '', name = '', rest = ''] = match;
    if (hasDocstring(file, match.index)) return [];
    if (keyword === 'type' && isDerived(rest)) return [];
    if (keyword === 'const' && unionHasDocstring(file, name)) return [];
    return [
      {
        path: file.path,
        line: file.text.slice(0, match.index).split('\n').length,
        what: `exports ${name} without a docstring`,
      },
    ];
  });
}

function hasDocstring({ text, comments }: HouseFile, offset: number): boolean {
  const above = comments.findLast(({ end }) => end <= offset);
  if (above === undefined || !above.text.startsWith('/**')) return false;
  return text.slice(above.end, offset).trim() === '';
}

function isDerived(rest: string): boolean {
  return /^ = (?:\(typeof [\w$]+\)\[number\]|keyof typeof [\w$]+|[\w$]+\[["' a-z_]+\]);/.test(rest);
}

function unionHasDocstring(file: HouseFile, name: string): boolean {
  const union = new RegExp(`^export type [\\w$]+ = \\(typeof ${name.replaceAll('$', '\\$')}\\)\\[number\\];`, 'm').exec(
    file.code,
  );
  return union !== null && hasDocstring(file, union.index);
}
