/**
 * What a command line that cannot be understood is answered with: one clause that names what is accepted.
 *
 * Run in this process, on a world that fails the test when anything of it but the terminal is touched.
 */

import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import type { ServeWorld } from '../../src/cli/serve-world.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';

const COMMANDS =
  'demo, lab, scan, report, gate, drill, serve, recheck, approve, attest, verify, keys, policy, token, export, store, rules';

/** Runs a command line that is refused before anything is asked of anyone. */
async function refusal(...argv: string[]): Promise<string> {
  const said = { out: '', talk: '' };
  const terminal = {
    paint: PLAIN_PAINT,
    width: 100,
    out: (text: string) => {
      said.out += text;
    },
    talk: (text: string) => {
      said.talk += text;
    },
  };
  const world = { version: '1.2.3', terminal, clock: { now: () => '2026-11-23T10:00:00.000Z' } };
  expect(await runCli(argv, world as unknown as ServeWorld)).toBe(10);
  expect(said.out).toBe('');
  const [, sentence = ''] = /^muster: (.*)\n {2}Run the command .* \(MUSTER_USAGE\)\n$/.exec(said.talk) ?? [];
  expect(sentence, said.talk).not.toMatch(/^$|\.$|\. [A-Z]/);
  return sentence;
}

describe('a command that is missing or unknown', () => {
  it.each([
    ['no command', [], `no command was given; accepted are ${COMMANDS}`],
    ['a group alone', ['token'], 'no command was given; accepted are create, list, revoke'],
    ['one that is like no other', ['frobnicate'], `unknown command 'frobnicate'; accepted are ${COMMANDS}`],
    [
      'one of a group',
      ['drill', 'everything'],
      "unknown command 'everything'; accepted are plan, run, resume, list, show, sweep",
    ],
    ['one that is nearly right', ['reprot'], "unknown command 'reprot'; did you mean report?"],
  ])('%s is answered with those there are', async (_, argv, sentence) => {
    expect(await refusal(...argv)).toBe(sentence);
  });
});

it.each([
  [['scan', 'all', 'of', 'it'], "too many arguments for 'scan': 3, accepted are 0"],
  [['gate', 'terraform', 'a', 'b'], "too many arguments for 'terraform': 2, accepted are 1"],
  [['lab', '--port', '99999'], "option '--port <number>': '99999' is not accepted; a port is a number from 0 to 65535"],
  [['lab', '--estate', 'moon'], "option '--estate <name>': 'moon' is not accepted; accepted are datatalks and empty"],
])('%j is told in one clause', async (argv, sentence) => {
  expect(await refusal(...argv)).toBe(sentence);
});

it('what was written reaches the terminal as text, and never as a command to it', async () => {
  expect(await refusal('scan', '--\u001b[2J\nallow')).toBe("unknown option '--[2J allow'");
});

describe('muster gate', () => {
  it('says where the command goes whose own option was taken for one of its own', async () => {
    const command = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders'];
    expect(await refusal('gate', 'command', ...command)).toBe(
      "unknown option '--db-instance-identifier'; the command that is asked about is written after --",
    );
  });

  // What a script passes whose variable was not set: it must not look like a command that does no harm.
  it.each([[['']], [['  \n\t']], [['', ' ']]])('refuses the empty command %j', async (words) => {
    expect(await refusal('gate', 'command', '--', ...words)).toBe(
      'the command after -- is empty; accepted are its words, or one shell text',
    );
  });

  it('refuses to print in two forms at once', async () => {
    expect(await refusal('gate', 'command', '--json', '--markdown', '--', 'ls')).toBe(
      '--markdown is not what --json asks for; pass one of them',
    );
  });
});
