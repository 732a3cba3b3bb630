/**
 * `muster rules`: the closed catalogue of survival rules.
 *
 * A rule's code stands beside every fate in a verdict; here it is said what it means and where AWS says so.
 */

import { renderRules } from '../report/rules-text.ts';
import { RULE_CODES, RULES } from '../survival/rules.ts';
import type { ExitCode } from './exit.ts';
import { printJson } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** @returns 0. */
export async function rules({ json = false }: { readonly json?: boolean }, { terminal }: CliWorld): Promise<ExitCode> {
  const { out, paint, width } = terminal;
  const entries = RULE_CODES.map((code) => ({ code, ...RULES[code] }));
  out(json ? printJson({ formatVersion: '1', rules: entries }) : renderRules(paint, width));
  return 0;
}
