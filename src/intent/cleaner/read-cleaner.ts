/**
 * The config of a cleaner -> rules: which things it selects, and what it would do to them.
 *
 * Given the text that the tool itself takes. Tells aws-nuke, cloud-nuke and Cloud Custodian apart by what is in it. What the
 * rules take depends on what exists: see `cleaner-intent.ts`.
 * Source: the documentation of each tool, as named in its file.
 */

import { digestOfBytes } from '../../core/canonical.ts';
import { misfit, objectHere, type Place, parseDocuments, type TextKind } from '../document-text.ts';
import type { JsonObject } from '../terraform/json-text.ts';
import { isAwsNuke, readAwsNuke } from './aws-nuke.ts';
import { isCloudNuke, readCloudNuke } from './cloud-nuke.ts';
import { isCustodian, readCustodian } from './custodian.ts';
import type { CleanerRules } from './rule.ts';

const CODE = 'MUSTER_CLEANER_INVALID';
const ACCEPTED =
  'expected the config of aws-nuke (regions and accounts) or cloud-nuke (types with include and exclude), or policies of Cloud Custodian';

/**
 * Reads a config.
 *
 * @param origin Where the text came from, for messages: a path, or `stdin`.
 * @throws MusterError `MUSTER_CLEANER_INVALID`; no message quotes a value.
 */
export function readCleaner(text: string, origin: string): CleanerRules {
  const place: Place = { origin, code: CODE, path: '' };
  const asText = onlyObject(text, { code: CODE, accepted: ACCEPTED, scalarsAsText: true }, place);
  return { digest: digestOfBytes(text), parts: partsOf(asText, text, place) };
}

function partsOf(config: JsonObject, text: string, place: Place): CleanerRules['parts'] {
  // Its filters compare numbers and flags as such.
  if (isCustodian(config)) {
    return readCustodian(onlyObject(text, { code: CODE, accepted: ACCEPTED, isYaml11: true }, place), place);
  }
  if (isAwsNuke(config)) return readAwsNuke(config, place);
  if (isCloudNuke(config)) return readCloudNuke(config, place);
  throw misfit(place, ACCEPTED);
}

function onlyObject(text: string, kind: TextKind, place: Place): JsonObject {
  const [config, ...more] = parseDocuments(text, place.origin, kind);
  if (more.length > 0) throw misfit(place, 'expected one document; a tool reads the first and ignores the rest');
  return objectHere(config, place);
}
