/**
 * Environment variables whose assignment changes what a command means, by name.
 *
 * Three kinds: those that send an AWS call elsewhere, those that add arguments to Terraform, and those that decide
 * which program runs at all. Everything else is left alone.
 * Source: AWS CLI User Guide, "Environment variables to configure the AWS CLI"; Terraform CLI, "Environment Variables";
 * Bash Reference Manual, "Bash Variables"; ld.so(8); git(1).
 */

import type { Arg } from './arg.ts';
import type { Environment } from './environment.ts';

/** An assignment in front of a command, or on its own. */
export interface Assigned {
  readonly name: string;
  /** Null when it is not a plain word. */
  readonly value: Arg | null;
}

const AWS_ELSEWHERE_NOT = new Set([
  ...['AWS_DEFAULT_OUTPUT', 'AWS_MAX_ATTEMPTS', 'AWS_RETRY_MODE', 'AWS_CLI_AUTO_PROMPT', 'AWS_CLI_FILE_ENCODING'],
  ...['AWS_METADATA_SERVICE_TIMEOUT', 'AWS_METADATA_SERVICE_NUM_ATTEMPTS'],
]);

const DECIDES_PROGRAM = new Set([
  ...['BASH_ENV', 'ENV', 'SHELLOPTS', 'BASHOPTS', 'PROMPT_COMMAND', 'PS4', 'IFS', 'ZDOTDIR', 'FPATH', 'BROWSER'],
  ...['EDITOR', 'VISUAL', 'LESSOPEN', 'LESSCLOSE', 'NODE_OPTIONS', 'TAR_OPTIONS'],
  ...['PYTHONSTARTUP', 'PYTHONPATH', 'PERL5OPT', 'PERL5LIB', 'RUBYOPT', 'JAVA_TOOL_OPTIONS', 'RIPGREP_CONFIG_PATH'],
  ...['KUBECTL_EXTERNAL_DIFF', 'TG_TF_PATH', 'TERRAGRUNT_TFPATH', 'AWS_DATA_PATH'],
]);
const DECIDES_PROGRAM_FAMILIES = ['LD_', 'DYLD_', 'GIT_', 'BASH_FUNC_'];
/** Programs that show what they are given; a pager set to one of these, or to nothing, is no surprise. */
const PLAIN_PAGERS = new Set(['', 'cat', 'less', 'more']);
const GIT_PLAIN = new Set([
  ...['GIT_TERMINAL_PROMPT', 'GIT_OPTIONAL_LOCKS', 'GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_AUTHOR_DATE'],
  ...['GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL', 'GIT_COMMITTER_DATE', 'GIT_MERGE_AUTOEDIT'],
]);

/** True when assigning the variable may send an AWS call to another account, region or endpoint. */
export function sendsElsewhere(name: string): boolean {
  // The settings of the AWS CLI lie in the home folder.
  if (name === 'HOME') return true;
  return name.startsWith('AWS_') && !AWS_ELSEWHERE_NOT.has(name) && name !== 'AWS_PAGER';
}

/** The environment with assignments in front of a command, or exported earlier, in force. */
export function withAssignments(environment: Environment, names: readonly string[]): Environment {
  const elsewhere = names.find(sendsElsewhere);
  const terraform = names.find((name) => name.startsWith('TF_CLI_'));
  return {
    ...environment,
    redirect: environment.redirect ?? elsewhere ?? null,
    terraformArguments: environment.terraformArguments ?? terraform ?? null,
  };
}

/** True when the assignment may put another program in the place of the one that a command names. */
export function decidesProgram({ name, value }: Assigned): boolean {
  // A folder put behind the others hides no program that was found before.
  if (name === 'PATH') return !(value?.text.startsWith('$PATH:') || value?.text.startsWith(`\${PATH}:`));
  const plain = value !== null && value.dynamic === null && PLAIN_PAGERS.has(value.text);
  // A list of this name is PATH to zsh.
  if (name === 'path' && value === null) return true;
  if (name.endsWith('PAGER')) return !plain;
  if (GIT_PLAIN.has(name)) return false;
  return DECIDES_PROGRAM.has(name) || DECIDES_PROGRAM_FAMILIES.some((family) => name.startsWith(family));
}
