/**
 * The house rules on what a file may contain: purity, process state, destructive calls, shortcuts, words.
 *
 * Each rule looks at code with comments and strings blanked unless it says otherwise.
 */

import type { Breach, HouseFile, HouseRule } from './house-rule.ts';
import { PURE_FOLDERS } from './import-rules.ts';
import { matchesIn } from './source-scan.ts';

const IMPURE =
  /(?<![\w.$])(?:Date\.now\b|new\s+Date(?!\w)(?!\s*\(\s*[^\s)])|Date\s*\(\s*\)|Math\.random\b|performance\.|process\b\s*[.[]|fetch\s*\(|console\.|set(?:Timeout|Interval|Immediate)\s*\(|globalThis\b)|\.localeCompare\b/;
/**
 * `unbash` parses shell text and does nothing else; a grammar of our own would be the larger risk. `node:zlib` inflates
 * what a saved plan holds, bytes in and bytes out.
 */
const PURE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  report: ['picocolors'],
  intent: ['unbash', 'node:zlib'],
};
const CHANGES =
  'AddTags|Cancel|Delete|Disable|Disassociate|Failover|Modify|Promote|Purge|Put|Reboot|Remove|Reset|Revoke|Schedule|Stop|Switchover|Tag|Terminate|Untag|Update';
const DESTRUCTIVE = new RegExp(`\\b(?:${CHANGES})[A-Z]\\w*Command\\b`);
/** Puts new objects, under a condition that nothing is there. */
const ARCHIVE = 'src/adapters/archive/bucket.ts';
const DESTRUCTIVE_BUT_PUT = new RegExp(`\\b(?!PutObjectCommand)(?:${CHANGES})[A-Z]\\w*Command\\b`);
/** A client of the SDK that has every call as a method. */
const AGGREGATED = /\bnew\s+(?:\w+\.)?(?:RDS|Backup|KMS|IAM|STS|CloudWatch|S3)\s*\(/;
const DESTRUCTIVE_ACTION =
  /^(?:AddTags|Delete|Modify|Reboot|Remove|Stop|Disable|Disassociate|Schedule|Revoke|Terminate)[A-Z]\w+$/;
/** The hands take the guard's proof; the demo's agent destroys the lab that the demo made, which is its whole story. */
const MAY_DESTROY = ['src/adapters/aws/scratch-hands.ts', 'src/demo/agent.ts'];

const isPure = ({ path }: HouseFile) => PURE_FOLDERS.some((folder) => path.startsWith(`src/${folder}/`));
const inSource = ({ path }: HouseFile) => path.startsWith('src/');

const PURITY_RULE: HouseRule = {
  name: 'pure folders read no clock, chance, environment, network or file',
  reason: 'The same inputs must give the same verdict, today and when somebody replays it.',
  instead: 'take the value as a parameter (`at: Instant`, a port), and let an adapter find it.',
  check: (files) => files.filter(isPure).flatMap((file) => found(file, IMPURE)),
  broken: [
    'const at = Date.now();',
    'const at = new Date();',
    'const at = new Date;',
    'const at = Date();',
    'const x = Math.random();',
    'const x = process.env;',
    "const x = process['env'];",
    'await fetch(url);',
    "console.log('x');",
    'setTimeout(f, 1);',
    `const x = \`\${Date.now()}\`;`,
    'names.sort((a, b) => a.localeCompare(b));',
  ].map((text) => ({ 'src/verdict/a.ts': text })),
  kept: [
    { 'src/verdict/a.ts': 'const at = new Date(milliseconds).toISOString(); // not Date.now()' },
    { 'src/verdict/a.ts': "const text = 'Date.now() and process.env';" },
    { 'src/verdict/a.ts': 'const x = step.process.fetch; const y = preprocess.run();' },
    { 'src/adapters/clock.ts': 'const at = Date.now();' },
  ],
};

const PACKAGES_RULE: HouseRule = {
  name: 'pure folders lean on zod, yaml and node:crypto hashing only',
  reason: 'What a verdict rests on must be small enough to read.',
  instead: 'do it in an adapter and pass the result in; colours belong to src/report.',
  check: (files) => files.filter(isPure).flatMap(foreignPackages),
  broken: [
    { 'src/policy/a.ts': `import { readFileSync } from 'node:fs';` },
    { 'src/policy/a.ts': `import { randomUUID } from 'node:crypto';` },
    { 'src/policy/a.ts': `import { createHash, randomBytes } from 'node:crypto';` },
    { 'src/policy/a.ts': `import * as crypto from 'node:crypto';` },
    { 'src/policy/a.ts': `import pg from 'pg';` },
    { 'src/policy/a.ts': `import fs from 'fs';` },
    { 'src/policy/a.ts': `import colours from 'picocolors';` },
  ],
  kept: [
    { 'src/policy/a.ts': `import { z } from 'zod';\nimport { parse } from 'yaml';` },
    { 'src/core/a.ts': `import { createHash } from 'node:crypto';` },
    { 'src/report/a.ts': `import colours from 'picocolors';` },
  ],
};

const ENVIRONMENT_RULE: HouseRule = {
  name: 'only main.ts reads the environment',
  reason: 'A setting read in two places has two meanings sooner or later.',
  instead: 'read it in main.ts and hand it on as a value.',
  check: (files) =>
    files
      .filter((file) => inSource(file) && file.path !== 'src/main.ts')
      .flatMap((file) => [...found(file, /\bprocess\s*\.\s*env\b/), ...importsName(file, 'node:process', 'env')]),
  broken: [
    { 'src/adapters/aws/a.ts': 'const region = process.env.AWS_REGION;' },
    { 'src/cli/a.ts': `import { env } from 'node:process';` },
  ],
  kept: [
    { 'src/main.ts': 'const { env } = process; process.env;' },
    { 'src/cli/a.ts': '// process.env is read in main.ts' },
  ],
};

const EXIT_RULE: HouseRule = {
  name: 'only main.ts and src/cli end the process or set its exit code',
  reason: 'Exit codes are a contract; one folder keeps it.',
  instead: 'throw a MusterError, or return the outcome to the command.',
  check: (files) =>
    files
      .filter((file) => inSource(file) && file.path !== 'src/main.ts' && !file.path.startsWith('src/cli/'))
      .flatMap((file) => [
        ...found(file, /\bprocess\s*\.\s*(?:exit|exitCode|abort|kill)\b/),
        ...importsName(file, 'node:process', 'exit'),
      ]),
  broken: [{ 'src/app/a.ts': 'process.exit(1);' }, { 'src/lab/a.ts': 'process.exitCode = 2;' }],
  kept: [{ 'src/cli/a.ts': 'process.exitCode = 2;' }, { 'src/main.ts': 'process.exit();' }],
};

const DESTRUCTION_RULE: HouseRule = {
  name: 'only the scratch hands and the demo agent hold calls that change, tag or remove anything in AWS',
  reason: 'What reads or makes has nothing to change production with, whatever it is told.',
  instead: 'add a step to src/adapters/aws/scratch-hands.ts, which takes the proof of src/drill/guard.ts.',
  check: (files) =>
    files
      .filter((file) => inSource(file) && !MAY_DESTROY.includes(file.path))
      .flatMap((file) => [
        ...found(file, file.path === ARCHIVE ? DESTRUCTIVE_BUT_PUT : DESTRUCTIVE),
        ...found(file, AGGREGATED),
        ...destructiveActions(file),
      ]),
  broken: [
    { 'src/adapters/aws/rds-reader.ts': `import { DeleteDBInstanceCommand } from '@aws-sdk/client-rds';` },
    { 'src/app/a.ts': 'new rds.ModifyDBClusterCommand({});' },
    { 'src/demo/estate.ts': `const { ScheduleKeyDeletionCommand } = await import('@aws-sdk/client-kms');` },
    { 'src/adapters/aws/rds-reader.ts': `call('DeleteDBInstance', {});` },
    { 'src/adapters/aws/scratch-maker.ts': `import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';` },
    { 'src/adapters/aws/scratch-operator.ts': 'rds.send(new sdk.DeleteDBSnapshotCommand({}));' },
    { 'src/adapters/aws/scratch-view.ts': `import { AddTagsToResourceCommand } from '@aws-sdk/client-rds';` },
    { 'src/adapters/aws/scratch-maker.ts': 'backup.send(new sdk.StopBackupJobCommand({}));' },
    { 'src/cli/drill.ts': `const { StopDBClusterCommand } = await import('@aws-sdk/client-rds');` },
    { 'src/drill/a.ts': `import { RebootDBInstanceCommand } from '@aws-sdk/client-rds';` },
    { 'src/demo/world.ts': 'new RemoveTagsFromResourceCommand({});' },
    { 'src/adapters/archive/bucket.ts': 'new sdk.DeleteObjectCommand({});' },
    { 'src/adapters/archive/bucket.ts': 'new sdk.PutObjectRetentionCommand({});' },
    { 'src/adapters/archive/s3-archive.ts': 'new sdk.PutObjectCommand({});' },
    {
      'src/adapters/aws/scratch-maker.ts': `import { RDS } from '@aws-sdk/client-rds';\nnew RDS({}).deleteDBInstance({});`,
    },
  ],
  kept: [
    { 'src/adapters/aws/scratch-hands.ts': `import { DeleteDBInstanceCommand } from '@aws-sdk/client-rds';` },
    { 'src/demo/agent.ts': `const { DeleteDBClusterCommand } = await import('@aws-sdk/client-rds');` },
    { 'src/adapters/aws/scratch-maker.ts': 'new sdk.CreateDBInstanceCommand({}); new sdk.StartRestoreJobCommand({});' },
    { 'src/adapters/aws/clients.ts': 'new RDSClient({});' },
    { 'src/adapters/archive/bucket.ts': `import { PutObjectCommand } from '@aws-sdk/client-s3';` },
    { 'src/adapters/aws/rds-reader.ts': `import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';` },
    { 'src/intent/command/a.ts': `const action = 'DeleteDBInstance';` },
  ],
};

const SHORTCUT_RULE: HouseRule = {
  name: 'no escape from the type checker, the linter or the test run',
  reason: 'Each of them hides the next mistake as well.',
  instead: 'name the type (`unknown` and a check), mend the cause, or file an issue.',
  check: (files) =>
    files.flatMap((file) => [
      ...found(file, /(?<![.\w$])any\b(?!\s*\(|:)/),
      ...found(file, /\b(?:it|test|describe|suite)\.only\b/),
      ...file.comments.flatMap(({ start, text }) =>
        [
          ...text.matchAll(/@ts-(?:ignore|nocheck|expect-error)|eslint-disable|biome-ignore|\b(?:TODO|FIXME|XXX)\b/g),
        ].map(({ 0: what, index }) => ({ path: file.path, line: lineOf(file, start + index), what: `holds ${what}` })),
      ),
    ]),
  broken: [
    'const a: any = 1;',
    'const a = b as any;',
    'type A = Record<string, any>;',
    'const a: any[] = [];',
    "it.only('x', f);",
    '// @ts-ignore',
    '/* eslint-disable */',
    '// biome-ignore lint: because',
    '// TODO later',
  ].map((text) => ({ 'test/a.test.ts': text })),
  kept: [
    { 'src/core/a.ts': 'const signal = AbortSignal.any([a]); // any will do' },
    { 'src/core/a.ts': "const text = 'any TODO';" },
  ],
};

const WORDS_RULE: HouseRule = {
  name: 'no enum, no package registry host, no path of somebody’s machine',
  reason: 'Node runs the source as it stands, and neither a host nor a home directory is the same elsewhere.',
  instead: 'use an `as const` list with a derived union; take paths and hosts as settings.',
  check: (files) =>
    files
      .filter(inSource)
      .flatMap((file) => [
        ...found(file, /\benum\s+\w/),
        ...matchesIn(file, /\bregistry\.[a-z-]+\.(?:org|com|io|dev)\b/, file.text).map((match) => breach(file, match)),
        ...matchesIn(file, /(?<![\w.:/-])\/(?:root|home|Users|work|tmp|mnt)\/[\w.]/, file.text).map((match) =>
          breach(file, match),
        ),
      ]),
  broken: [
    { 'src/core/a.ts': 'export enum A { B }' },
    { 'src/core/a.ts': "const host = 'https://registry.example.org/a';" },
    { 'src/core/a.ts': "const path = '/home/somebody/a';" },
    { 'src/core/a.ts': '// see /root/notes.md' },
  ],
  kept: [
    {
      'src/core/a.ts':
        "// an enum would not do; see docs/home/page and https://example.org/home/x\nconst a = 'enum A';",
    },
  ],
};

/** All rules on the content of files. */
export const TEXT_RULES: readonly HouseRule[] = [
  PURITY_RULE,
  PACKAGES_RULE,
  ENVIRONMENT_RULE,
  EXIT_RULE,
  DESTRUCTION_RULE,
  SHORTCUT_RULE,
  WORDS_RULE,
];

function found(file: HouseFile, pattern: RegExp): Breach[] {
  return matchesIn(file, pattern).map((match) => breach(file, match));
}

function breach({ path }: HouseFile, { line, what }: { line: number; what: string }): Breach {
  return { path, line, what: `holds ${what}` };
}

function lineOf({ text }: HouseFile, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function foreignPackages(file: HouseFile): Breach[] {
  const folder = file.path.split('/')[1] ?? '';
  const allowed = ['zod', 'yaml', ...(PURE_PACKAGES[folder] ?? [])];
  return file.imports
    .filter(({ specifier }) => !specifier.startsWith('.') && !allowed.includes(specifier))
    .filter(({ specifier, line }) => specifier !== 'node:crypto' || !importsOnlyHashing(file, line))
    .map(({ specifier, line }) => ({ path: file.path, line, what: `imports ${specifier}` }));
}

/** To check a signature is as much a matter of its inputs alone as to hash; one file does it. */
function importsOnlyHashing({ path, text }: HouseFile, line: number): boolean {
  const statement = text.split('\n')[line - 1] ?? '';
  const checks = path === 'src/evidence/signature.ts' && /^import \{ createPublicKey, verify \} from/.test(statement);
  return checks || /^import \{ (?:type )?(?:createHash|hash|Hash) \} from/.test(statement);
}

function importsName(file: HouseFile, module: string, name: string): Breach[] {
  return file.imports
    .filter(({ specifier, line }) => {
      const statement = file.text.split('\n')[line - 1] ?? '';
      return [module, module.replace('node:', '')].includes(specifier) && new RegExp(`\\b${name}\\b`).test(statement);
    })
    .map(({ line }) => ({ path: file.path, line, what: `imports ${name} of ${module}` }));
}

function destructiveActions(file: HouseFile): Breach[] {
  if (!file.path.startsWith('src/adapters/')) return [];
  return file.strings
    .filter(({ text }) => DESTRUCTIVE_ACTION.test(text))
    .map(({ start, text }) => ({ path: file.path, line: lineOf(file, start), what: `names the call ${text}` }));
}
