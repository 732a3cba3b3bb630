/**
 * Shells, and what a shell does with text: `sh -c`, `eval`, `trap`, `source`, a script on standard input.
 *
 * Shells of the Bourne family are read with one grammar, Bash's. `fish`, `csh` and PowerShell are not: their text is
 * opaque, like a script file, which is not at hand.
 * Source: POSIX.1-2024, sh; Bash Reference Manual, "Invoking Bash" and "Bourne Shell Builtins".
 */

import { type Arg, joined, programName } from '../arg.ts';
import type { Environment } from '../environment.ts';
import { oneLine, printCommand } from '../printing.ts';
import { harmless, opaque, type Reading } from '../reading.ts';
import { readScriptText, readStdinAsScript } from './script-text.ts';

const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'mksh', 'rbash']);
const OTHER_SHELLS = new Set(['fish', 'csh', 'tcsh', 'pwsh', 'powershell', 'nu', 'xonsh', 'elvish']);

/** Readings of what a shell would run; null when the program is no shell and no builtin of one. */
export function readShell(args: readonly Arg[], environment: Environment): readonly Reading[] | null {
  const [program, ...rest] = args;
  if (program === undefined) return null;
  const name = programName(program.text);
  const address = printCommand([program]);
  if (SHELLS.has(name)) return readShellProgram(name, rest, environment);
  if (OTHER_SHELLS.has(name)) return [opaque(address, `the language of ${name} is not read`)];
  switch (name) {
    case 'eval':
      return rest.length === 0
        ? [harmless(address)]
        : readScriptText(address, joined(withoutDashes(rest)), environment, environment.shell);
    case 'source':
    case '.':
      return [opaque(address, 'runs a file whose content is not at hand')];
    case 'trap': {
      const [action, ...signals] = withoutDashes(rest);
      if (action === undefined || signals.length === 0 || action.text === '-' || /^-[lp]$/.test(action.text))
        return [harmless(address)];
      return readScriptText(address, action, environment, environment.shell);
    }
    case 'alias':
      return readAliases(address, rest, environment);
    default:
      return null;
  }
}

function readShellProgram(name: string, rest: readonly Arg[], environment: Environment): readonly Reading[] {
  let command = false;
  let stdin = false;
  let index = 0;
  for (; index < rest.length; index += 1) {
    const arg = rest[index];
    if (arg === undefined || (arg.dynamic === null && !/^[-+]/.test(arg.text))) break;
    if (arg.dynamic !== null) {
      if (arg.head.startsWith('-') || !command)
        return [opaque(name, `what it runs depends on ${oneLine(arg.dynamic, 40)}`)];
      break;
    }
    const { text } = arg;
    if (text === '--' || text === '-') {
      index += 1;
      break;
    }
    if (text === '--version' || text === '--help') return [harmless(`${name} ${text}`)];
    if (text.startsWith('--')) {
      if (!/^--(?:login|norc|noprofile|posix|restricted|verbose|noediting)$/.test(text))
        return [opaque(name, `what it runs depends on the option ${oneLine(text, 30)}`)];
    } else {
      if (text.startsWith('-') && text.includes('c')) command = true;
      if (text.startsWith('-') && text.includes('s')) stdin = true;
      // `-o pipefail` and `-O extglob` take a word, also at the end of a cluster such as `-euo`.
      if (/[oO]$/.test(text)) index += 1;
    }
  }
  const operand = rest[index];
  if (command) {
    if (operand === undefined) return [opaque(`${name} -c`, 'the text to run is missing')];
    return readScriptText(`${name} -c`, operand, environment);
  }
  if (operand !== undefined && !stdin) return [opaque(name, 'runs a file whose content is not at hand')];
  return readStdinAsScript(name, environment);
}

/** What an alias stands for is judged where it is defined; calling it is opaque. */
function readAliases(address: string, rest: readonly Arg[], environment: Environment): readonly Reading[] {
  const readings = rest.flatMap((arg) => {
    const cut = arg.head.indexOf('=');
    if (cut < 0) return arg.dynamic === null ? [] : [opaque(address, `defines ${oneLine(arg.dynamic, 40)}`)];
    const value = { ...arg, text: arg.text.slice(cut + 1), head: arg.head.slice(cut + 1) };
    return readScriptText(address, value, environment, environment.shell);
  });
  return readings.length === 0 ? [harmless(address)] : readings;
}

function withoutDashes(args: readonly Arg[]): readonly Arg[] {
  return args[0]?.text === '--' ? args.slice(1) : args;
}
