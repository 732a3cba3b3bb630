/**
 * The house rules on who may import whom.
 *
 * The table is that of the map in src/README.md. Names of folders only, so that a new file needs no entry and a new
 * folder cannot slip in without one.
 */

import { type Breach, type HouseFile, type HouseRule, resolveImport } from './house-rule.ts';

/** The folders that take values and return values. */
export const PURE_FOLDERS = [
  'core',
  'policy',
  'inventory',
  'intent',
  'authority',
  'survival',
  'drill',
  'verdict',
  'evidence',
  'alert',
  'gate',
  'report',
] as const;

const BEFORE_VERDICT = ['core', 'policy', 'inventory', 'intent', 'authority', 'survival', 'drill'] as const;

/** Folder to what it may import; `type x` allows types only; a path allows that one file. */
/** Documents are parsed where they come in, and the readers of documents are pure. */
const DOCUMENT_READERS = [
  'intent/terraform/read-plan.ts',
  'intent/terraform/state/read-state.ts',
  'intent/command/read-command.ts',
  'intent/kubernetes/read-kubernetes.ts',
  'intent/cloudformation/read-cloudformation.ts',
  'intent/cleaner/read-cleaner.ts',
  'intent/cleaner/cleaner-intent.ts',
  'inventory/schema.ts',
  'inventory/only-place.ts',
  'drill/definition.ts',
  'drill/plan.ts',
  'authority/policy-document.ts',
  // Catalogues and tables that one command prints as they stand.
  'survival/rules.ts',
  'survival/losses.ts',
  'survival/authority-loss.ts',
  'survival/matrix.ts',
];

/** Closed lists and codes that documents are made of. */
const WIRE = [
  'drill/model.ts',
  'verdict/document.ts',
  'verdict/reasons.ts',
  'evidence/access-token.ts',
  'evidence/chain.ts',
  'evidence/jwks.ts',
  'inventory/model.ts',
];

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  policy: ['core'],
  inventory: ['core'],
  intent: ['core', 'type inventory'],
  // What may be called is asked by survival and knows nothing of it.
  authority: ['core', 'type inventory'],
  survival: ['core', 'policy', 'inventory', 'intent', 'authority'],
  drill: ['core', 'policy', 'inventory', 'intent', 'authority', 'survival'],
  verdict: [...BEFORE_VERDICT],
  // What is kept of a judgement, and signed; it judges nothing.
  evidence: ['core', 'type drill', 'type verdict'],
  // What of all that is worth telling somebody.
  alert: [...BEFORE_VERDICT, 'verdict', 'evidence'],
  gate: [...BEFORE_VERDICT, 'verdict', 'evidence'],
  report: [...BEFORE_VERDICT, 'verdict', 'evidence'],
  app: [...BEFORE_VERDICT, 'verdict', 'evidence', 'alert'],
  adapters: [
    'core',
    'inventory/assemble.ts',
    'inventory/model.ts',
    'inventory/observations.ts',
    'drill/model.ts',
    'drill/probe.ts',
    'type drill/drill-plan.ts',
    'type drill/drill-state.ts',
    'type drill/journal.ts',
    'verdict/document.ts',
    'evidence',
    'type authority',
    'type app/ports.ts',
    'type app/archive-port.ts',
    'type app/place-port.ts',
    'app/desk-port.ts',
    'type app/alert-port.ts',
    'inventory/sight.ts',
    'inventory/sight-schema.ts',
    'alert',
    'type api/world.ts',
  ],
  cli: [
    'core',
    'policy',
    'app',
    'gate',
    'report',
    'demo',
    'api',
    'service',
    ...DOCUMENT_READERS,
    ...WIRE,
    ...typesOfPure(),
  ],
  api: ['core', 'policy', 'app', 'gate', 'report', ...DOCUMENT_READERS, ...WIRE, ...typesOfPure()],
  service: ['core', 'policy', 'app', 'alert', ...DOCUMENT_READERS, ...WIRE, ...typesOfPure()],
  lab: ['core'],
  demo: [...PURE_FOLDERS, 'app'],
};

/** Where everything is built and handed out. */
function isWiring(path: string): boolean {
  return path === 'src/main.ts' || path.startsWith('src/wiring/');
}

const TABLE_RULE: HouseRule = {
  name: 'folders import only what the table allows',
  reason: 'Verdicts stay pure and the lab shares no rule with survival only while the arrows point one way.',
  instead: 'move the shared idea to a folder both may import, or take it as a parameter (a port in app/ports.ts).',
  check: (files) => files.filter(({ path }) => path.startsWith('src/') && !isWiring(path)).flatMap(forbiddenImports),
  broken: [
    { 'src/core/a.ts': `import { b } from '../inventory/b.ts';` },
    { 'src/lab/a.ts': `import type { Fate } from '../survival/fate.ts';` },
    { 'src/lab/deep/a.ts': `export { b } from '../../survival/b.ts';` },
    { 'src/intent/a.ts': `import { b, type C } from '../inventory/b.ts';` },
    { 'src/app/a.ts': `const b = await import('../adapters/aws/b.ts');` },
    { 'src/adapters/aws/a.ts': `import { b } from '../store/b.ts';` },
    { 'src/adapters/aws/a.ts': `import { b } from '../clock.ts';` },
    { 'src/adapters/store/a.ts': `import { b } from '../../verdict/decide.ts';` },
    { 'src/adapters/store/a.ts': `import { b } from '../../app/ports.ts';` },
    { 'src/cli/a.ts': `import { b } from '../adapters/aws/b.ts';` },
    { 'src/cli/a.ts': `import { decide } from '../verdict/decide.ts';` },
    { 'src/verdict/a.ts': `import { b } from '../report/b.ts';` },
    { 'src/core/a.ts': `import '../main.ts';` },
    { 'src/app/a.ts': `import { b } from '../wiring/b.ts';` },
    { 'src/novel/a.ts': `import { b } from '../core/b.ts';` },
    { 'src/survival/a.ts': `type B = import('../verdict/b.ts').B;` },
  ],
  kept: [
    { 'src/main.ts': `import { b } from './adapters/aws/b.ts';` },
    { 'src/wiring/a.ts': `import { b } from '../adapters/aws/b.ts';` },
    { 'src/core/a.ts': `import { b } from './b.ts'; // import { c } from '../verdict/c.ts'` },
    { 'src/core/a.ts': `const text = "import { c } from '../verdict/c.ts'";` },
    { 'src/intent/a.ts': `import type { B } from '../inventory/b.ts';\nimport { type C } from '../inventory/c.ts';` },
    { 'src/adapters/aws/a.ts': `import { b } from './deep/b.ts';\nimport type { P } from '../../app/ports.ts';` },
    { 'src/cli/a.ts': `import type { DecisionDocument } from '../verdict/document.ts';` },
  ],
};

const CYCLE_RULE: HouseRule = {
  name: 'no file imports itself through others, types included',
  reason: 'Two files that need each other are one idea in two places, and neither can be read first.',
  instead: 'move what both need into a third file.',
  check: (files) => findCycles(files),
  broken: [
    { 'src/core/a.ts': `import './b.ts';`, 'src/core/b.ts': `import type { A } from './a.ts';` },
    {
      'src/core/a.ts': `import './b.ts';`,
      'src/core/b.ts': `export * from './c.ts';`,
      'src/core/c.ts': `const a = import('./a.ts');`,
    },
  ],
  kept: [
    {
      'src/core/a.ts': `import './b.ts'; import './c.ts';`,
      'src/core/b.ts': `import './c.ts';`,
      'src/core/c.ts': `// import './a.ts'`,
    },
  ],
};

const LITERAL_RULE: HouseRule = {
  name: 'a dynamic import names its module literally',
  reason: 'The bundler and the table above can follow a literal only.',
  instead: "write import('./name.ts') with the name spelled out.",
  check: (files) =>
    files.flatMap(({ path, code }) =>
      [...code.matchAll(/\bimport\s*\(\s*(?!['"\s])/g)].map(({ index }) => ({
        path,
        line: code.slice(0, index).split('\n').length,
        what: 'imports a computed module',
      })),
    ),
  broken: [{ 'src/cli/a.ts': 'await import(name);' }, { 'src/cli/a.ts': 'await import(`./a.ts`);' }],
  kept: [{ 'src/cli/a.ts': `await import('./a.ts');` }, { 'src/cli/a.ts': `await import(\n  './a.ts'\n);` }],
};

/** All rules on imports. */
export const IMPORT_RULES: readonly HouseRule[] = [TABLE_RULE, CYCLE_RULE, LITERAL_RULE];

function forbiddenImports(file: HouseFile): Breach[] {
  return file.imports.flatMap(({ specifier, typeOnly, line }) => {
    const target = resolveImport(file.path, specifier);
    if (target === null || mayImport(file.path, target, typeOnly)) return [];
    return [{ path: file.path, line, what: `imports ${typeOnly ? 'a type of ' : ''}${target}` }];
  });
}

function mayImport(from: string, target: string, typeOnly: boolean): boolean {
  const home = homeOf(from);
  if (!target.startsWith('src/')) return false;
  if (home !== 'src' && target.startsWith(`${home}/`)) return true;
  const allowed = MAY_IMPORT[topOf(from)] ?? [];
  const path = target.slice('src/'.length);
  return [topOf(target), path].some((name) => allowed.includes(name) || (typeOnly && allowed.includes(`type ${name}`)));
}

/** The folder whose files may import each other: `src/core`, but `src/adapters/aws`. */
function homeOf(path: string): string {
  const parts = path.split('/');
  if (parts[1] !== 'adapters') return parts.slice(0, Math.min(2, parts.length - 1)).join('/');
  return parts.length > 3 ? parts.slice(0, 3).join('/') : path;
}

function topOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function findCycles(files: readonly HouseFile[]): Breach[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const breaches: Breach[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const file = byPath.get(path);
    if (file === undefined || done.has(path)) return;
    for (const { specifier, line } of file.imports) {
      const target = resolveImport(path, specifier);
      if (target === null) continue;
      const loop = [...trail, path].indexOf(target);
      if (loop < 0) visit(target, [...trail, path]);
      else
        breaches.push({ path, line, what: `closes the circle ${[...trail, path, target].slice(loop).join(' -> ')}` });
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return breaches;
}

function typesOfPure(): string[] {
  return PURE_FOLDERS.map((folder) => `type ${folder}`);
}
