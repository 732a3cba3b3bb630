/**
 * The README as a stranger reads it: each command in it exists with its options, each file in it parses, and each file that
 * it names is there.
 *
 * Nothing of it is run; that its commands do what it says is what the other tests are for.
 */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import type { ServeWorld } from '../../src/cli/serve-world.ts';
import { parseDefinition } from '../../src/drill/definition.ts';
import { parsePolicy } from '../../src/policy/schema.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';

const README = readFileSync('README.md', 'utf8');

function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
}

/** Command lines of `muster` in the shell blocks and between backticks, without comments and what is piped. */
function commandLines(): string[] {
  const shell = blocks('sh').join('').replace(/\\\n/g, ' ');
  const inText = [...README.replace(/^```.*?^```/gms, '').matchAll(/`(muster [a-z][^`]*)`/g)].map(([, line]) => line);
  const inShell = [...shell.matchAll(/\b(muster (?!=)[a-z][^\n#|>)`]*)/g)].map(([, line]) => line);
  return [...inShell, ...inText].map((line = '') => line.trim());
}

async function helpOf(words: readonly string[]): Promise<string> {
  let help = '';
  const terminal = {
    paint: PLAIN_PAINT,
    width: 100,
    out: (text: string) => {
      help += text;
    },
    talk: () => undefined,
  };
  await runCli([...words, '--help'], { version: '1', terminal } as unknown as ServeWorld);
  return help;
}

describe('a command in the README', () => {
  it.each([...new Set(commandLines())])('%s exists, with its options', async (line) => {
    const own = line.split(' -- ')[0] ?? '';
    const words = own.split(/\s+/).slice(1);
    const first = words.findIndex((word) => word.startsWith('-'));
    const help = await helpOf(first === -1 ? words : words.slice(0, first));
    const [, named = ''] = /^Usage: muster ((?:[a-z]+ ?)*)/.exec(help) ?? [];
    expect(named.trim(), help).not.toBe('');
    expect(own).toContain(`muster ${named.trim()}`);
    // A group answers nothing by itself; "token create|list|revoke" names what is in it.
    if (help.includes('[command]') && words.length > 1) expect(help).toContain(words[1]?.split('|')[0]);
    for (const option of own.match(/--[a-z][a-z-]*/g) ?? []) expect(help).toMatch(new RegExp(`^ +${option}\\b`, 'm'));
  });

  it('is found more than once', () => {
    expect(commandLines().length).toBeGreaterThan(20);
  });
});

describe('a file in the README', () => {
  const [policy = '', definition = '', ...others] = blocks('yaml');

  it('there are two, a policy and the definition of a drill', () => {
    expect(others).toEqual([]);
  });

  it('the policy is one', () => {
    expect(parsePolicy(policy, 'README.md').waivers).toHaveLength(1);
  });

  it('the definition of a drill is one, whichever of the points it names is taken', () => {
    const [, chosen = '', said = ''] = /^point: (\{.*?\}) +# or (.*)$/m.exec(definition) ?? [];
    const points = [chosen, ...said.split(', ')];
    expect(points).toHaveLength(5);
    for (const point of points) {
      const text = definition.replace(/^point: .*$/m, `point: ${point}`);
      expect(() => parseDefinition(text, `README.md with ${point}`)).not.toThrow();
    }
  });
});

it.each(['README.md', 'infra/README.md', 'src/README.md'])('what %s links to is there', (document) => {
  const folder = document.slice(0, document.lastIndexOf('/') + 1);
  const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
    ([, to]) => `${folder}${to}`,
  );
  expect(links.filter((link) => !existsSync(link))).toEqual([]);
});

it('every definition of a drill that the README names is there', () => {
  const named = README.match(/\bdrills\/[\w/-]+\.yaml/g) ?? [];
  expect(named).not.toEqual([]);
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});
