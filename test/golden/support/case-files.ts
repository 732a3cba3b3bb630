/**
 * The case files: finding, reading and, in the update mode, writing the document at the bottom of each.
 *
 * What a person wrote above the mark is never touched. The update mode is for a person at a desk: it refuses to work where
 * CI is set, so that no build can make its own answer right.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { MusterError } from '../../../src/core/errors.ts';
import { readYaml } from '../../../src/core/yaml.ts';
import type { DecisionDocument } from '../../../src/verdict/document.ts';
import { caseFile, type GoldenCase } from './vocabulary.ts';

const FOLDER = resolve('test/golden/cases');
const MARK = '# ---- The whole decision: written by MUSTER_GOLDEN=write, then read by a person. ----\n';

/** The names of all case files, in order. */
export function caseNames(): readonly string[] {
  return readdirSync(FOLDER).sort();
}

/** The title of a case: its file's name as a sentence. */
export function titleOf(name: string): string {
  return name.replace(/\.yaml$/, '').replaceAll('-', ' ');
}

/**
 * Reads what a person wrote of one case.
 *
 * @throws MusterError naming the file, the line and the key that is wrong, and what is accepted.
 */
export function readCase(name: string): GoldenCase {
  return parseCase(partsOf(name).own, name);
}

/** The document at the bottom of a case, as it stands there; empty when none was written yet. */
export function decisionIn(name: string): string {
  return partsOf(name).decision;
}

/** A document as it stands at the bottom of a case. */
export function printDecision(document: DecisionDocument): string {
  return stringify({ decision: document }, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Reads the text of a case. @param origin The file's name. */
export function parseCase(text: string, origin: string): GoldenCase {
  return readYaml(caseFile, text, origin, 'MUSTER_USAGE');
}

/** Whether to compare with the files or to write them. */
export function modeOf(environment: Readonly<Record<string, string | undefined>>): 'compare' | 'write' {
  const wanted = environment['MUSTER_GOLDEN'];
  if (wanted === undefined || wanted === '') return 'compare';
  if (wanted !== 'write') throw new MusterError('MUSTER_USAGE', `MUSTER_GOLDEN=${wanted}: write is accepted`);
  const ci = environment['CI'] ?? '';
  if (ci === '' || ci === 'false') return 'write';
  throw new MusterError(
    'MUSTER_USAGE',
    'MUSTER_GOLDEN=write with CI set: decisions are written at a desk and read there',
  );
}

/** Writes the document at the bottom of a case. */
export function writeDecision(name: string, document: DecisionDocument): void {
  writeFileSync(join(FOLDER, name), `${partsOf(name).own.trimEnd()}\n\n${MARK}${printDecision(document)}`);
}

function partsOf(name: string): { readonly own: string; readonly decision: string } {
  const [own = '', decision = ''] = readFileSync(join(FOLDER, name), 'utf8').split(MARK);
  return { own, decision };
}
