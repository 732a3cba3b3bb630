/**
 * What surrounds a simple command: where it would run, what it reads, and what its shell has redefined.
 *
 * Handed down by value through wrappers, pipes and nested scripts. Only `effort` is shared and counts down, so that
 * no input, however deep, costs more than a fixed amount of work.
 */

import type { Scope } from '../../core/arn.ts';
import type { Arg } from './arg.ts';
import type { Reading } from './reading.ts';

/** What a command finds on its standard input. */
export type Stdin =
  /** Whatever the caller of the whole text has there. */
  | { readonly kind: 'inherited' }
  | { readonly kind: 'text'; readonly text: Arg }
  /** The output of something that would have to run first. */
  | { readonly kind: 'unseen'; readonly from: string };

/** What a shell holds while its script runs. */
export interface Shell {
  /** Variables assigned once, unconditionally, to a literal, and already passed. */
  readonly variables: Map<string, string>;
  /** Which of the names that a script assigns may become `variables` at all. */
  readonly settled: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly aliases: ReadonlySet<string>;
}

/** How much more may be read. */
export interface Effort {
  /** Simple commands. */
  commands: number;
  /** Characters to parse, each counted once per construct that nests. */
  characters: number;
}

/** The readers that wrappers and shells call back into. */
export interface Readers {
  /** A command and its arguments, already taken apart. */
  readonly command: (args: readonly Arg[], environment: Environment) => readonly Reading[];
  /** Shell text; `shell` is given when the text runs inside the calling shell (`eval`). */
  readonly script: (text: string, environment: Environment, shell?: Shell) => readonly Reading[];
}

/** What surrounds a command. */
export interface Environment {
  readonly scope: Scope | null;
  /** What makes the account unknown, such as `AWS_PROFILE`; null when nothing does. */
  readonly redirect: string | null;
  /** An assignment that changes what Terraform is told, such as `TF_CLI_ARGS`; null when there is none. */
  readonly terraformArguments: string | null;
  readonly stdin: Stdin;
  readonly shell: Shell;
  /** Scripts within scripts so far. */
  readonly depth: number;
  /** Commands within commands so far. */
  readonly wrapped: number;
  readonly effort: Effort;
  readonly readers: Readers;
}

/** For a command that another program starts: functions and aliases of the script are not for it. */
export function outsideShell(environment: Environment): Environment {
  return { ...environment, shell: { ...environment.shell, functions: new Set(), aliases: new Set() } };
}

/** A shell that has not been told anything. */
export function newShell(): Shell {
  return { variables: new Map(), settled: new Set(), functions: new Set(), aliases: new Set() };
}
