/**
 * A command somebody is about to run -> Intent: the API-level actions that it would call.
 *
 * Given the words of a command, or shell text, and where it would run. Text is read with a shell grammar, never
 * searched; what the grammar, or the tables behind it, cannot decide is opaque and therefore unknown. Never throws,
 * and costs a bounded amount of work. A script that this reads as harmless can still be wrong about files it does not
 * see: this is the courteous layer that explains, and the account's own policies are the one that holds.
 * Source: `gate-protocols.md` section 5.6.
 */

import { printScope, type Scope } from '../../core/arn.ts';
import { digestOf } from '../../core/canonical.ts';
import type { Change, Intent, Signal } from '../action.ts';
import { literal } from './arg.ts';
import { type Environment, newShell } from './environment.ts';
import { oneLine } from './printing.ts';
import { readSimple } from './read-simple.ts';
import { opaque, type Reading } from './reading.ts';
import { readScript } from './shell/walk.ts';

/** A command as its caller has it: words, or text for a shell. */
export type CommandInput = { readonly argv: readonly string[] } | { readonly shell: string };

/** Where the command would run. */
export interface CommandContext {
  /** Account and region of the credentials and settings in force; null when they are not known. */
  readonly scope: Scope | null;
}

const COMMANDS_MAX = 500;
const CHARACTERS_MAX = 8_000_000;

/**
 * Reads a command.
 *
 * @returns One change per simple command, in the order in which a shell comes to them. The digest covers the words or
 *   the text, and the scope. Secrets among the words are in no part of it but the digest.
 */
export function readCommand(input: CommandInput, context: CommandContext): Intent {
  const readings = readAll(input, context);
  const changes = readings.map(
    ({ address, actions, class: kind, steps }): Change => ({
      address,
      actions: actions.map((word) => oneLine(word, 60)),
      class: kind,
      steps,
    }),
  );
  return {
    source: 'command',
    digest: digestOf({ ...input, scope: context.scope }),
    scope: commonScope(changes),
    changes,
    actions: changes.flatMap((change) => change.steps),
    signals: readings.flatMap(redirected),
    stateSeen: false,
  };
}

function readAll(input: CommandInput, { scope }: CommandContext): readonly Reading[] {
  const environment: Environment = {
    scope,
    redirect: null,
    terraformArguments: null,
    stdin: { kind: 'inherited' },
    shell: newShell(),
    depth: 0,
    wrapped: 0,
    effort: { commands: COMMANDS_MAX, characters: CHARACTERS_MAX },
    readers: { command: readSimple, script: readScript },
  };
  try {
    if ('shell' in input) return readScript(input.shell, environment);
    const [first] = input.argv;
    if (first === undefined) return [opaque('command', 'no command was given')];
    // One word with spaces in it is a command line that somebody quoted.
    if (input.argv.length === 1) return readScript(first, environment);
    return readSimple(
      input.argv.map((word) => literal(word)),
      environment,
    );
  } catch {
    // A gate that dies on a command lets it through in most hooks: a fault here must read as unknown.
    return [opaque('command', 'the reader failed on it')];
  }
}

/** What sends a command that matters to an account nobody named; a verdict on the wrong account would be a wrong yes. */
function redirected({ address, class: kind, steps, redirect }: Reading): readonly Signal[] {
  if (redirect === null || kind === 'none' || kind === 'update' || steps.every((step) => step.kind === 'opaque'))
    return [];
  return [
    { code: 'unread_part', detail: `which account and region ${address} reaches depends on ${oneLine(redirect, 60)}` },
  ];
}

/** The one account and region of all steps; null when they differ, one is not known, or there are none. */
function commonScope(changes: readonly Change[]): Scope | null {
  const scopes = changes.flatMap(({ steps }) => steps.map(({ target }) => target.scope));
  const [first] = scopes;
  if (first === undefined || first === null) return null;
  return scopes.every((scope) => scope !== null && printScope(scope) === printScope(first)) ? first : null;
}
