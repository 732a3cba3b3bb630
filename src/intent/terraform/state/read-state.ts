/**
 * A Terraform or OpenTofu state file (version 4) -> which resources it claims, and which state it is.
 *
 * Given what `state pull` printed, or `terraform.tfstate`. A state holds every secret in clear, so only addresses and
 * the attributes that a modelled resource's row lists pass. Reads no file, clock or environment.
 * Source: hashicorp/terraform `internal/states/statefile/version4.go`; `gate-protocols.md` 1.7 and 1.8.
 */

import * as z from 'zod';
import { MusterError } from '../../../core/errors.ts';
import type { Target } from '../../action.ts';
import { type AttributesPlace, printListed, readAttributes } from '../attributes.ts';
import { type DocumentKind, type JsonObject, memberOf, parseJsonObject } from '../json-text.ts';
import { namingAttributes, targetOf } from '../resource-type.ts';
import { addressSchema, parseAt } from '../shape.ts';
import { modelledType } from '../types.ts';
import { instanceAddress } from './instance-address.ts';

/** One object that a state claims. */
export interface StateInstance {
  readonly address: string;
  readonly type: string;
  /** Key of an old copy that a failed create-before-destroy left behind. */
  readonly deposed: string | null;
  /** Marked as damaged: the next plan replaces it. */
  readonly tainted: boolean;
  /** How the state names it; null for a type without a row, and for an object without attributes. */
  readonly target: Target | null;
  readonly isDatabase: boolean;
  /** Its row's attributes as they stand, to be compared; null for a type without a row. */
  readonly listed: string | null;
}

/** What of a state is used. */
export interface StateDocument {
  /** Names one history of states; empty when there was no state. */
  readonly lineage: string;
  /** Counts its versions. */
  readonly serial: number;
  readonly terraformVersion: string | null;
  /** Managed objects only, in the order of the document. */
  readonly instances: readonly StateInstance[];
}

const STATE_JSON: DocumentKind = {
  notJson: 'MUSTER_STATE_NOT_STATE',
  shape: 'MUSTER_STATE_SHAPE',
  accepted: 'expected the JSON that terraform state pull prints',
  zip: 'a saved plan file (zip), not a state; pass it as --plan-file',
};

const instanceSchema = z.object({
  index_key: z.union([z.string(), z.number()]).nullish(),
  status: z.string().nullish(),
  deposed: z.string().nullish(),
  attributes: z.unknown().optional(),
});

const stateSchema = z.object({
  terraform_version: z.string().nullish(),
  serial: z.int().min(0),
  lineage: z.string().max(200),
  resources: z
    .array(
      z.object({
        module: addressSchema.nullish(),
        mode: z.string(),
        type: z.string().regex(/^[A-Za-z][\w-]*$/),
        name: addressSchema,
        instances: z.array(instanceSchema).default([]),
      }),
    )
    .nullish(),
});

/**
 * Reads a state.
 *
 * @param text The document; its UTF-8 text.
 * @param origin Where it came from, for messages.
 * @throws MusterError `MUSTER_STATE_EMPTY`, `MUSTER_STATE_NOT_STATE`, `MUSTER_STATE_ENCRYPTED` or
 *   `MUSTER_STATE_SHAPE`; no message quotes a value of the state.
 */
export function readState(text: string, origin: string): StateDocument {
  if (text.trim() === '') throw new MusterError('MUSTER_STATE_EMPTY', `${origin}: empty: there is no state`);
  const document = parseJsonObject(text, origin, STATE_JSON);
  refuseOthers(document, origin);
  const state = parseAt(stateSchema, document, { origin, path: '', code: 'MUSTER_STATE_SHAPE' });
  const instances = (state.resources ?? []).flatMap((resource, at) =>
    // Only the word `data` marks a data source: anything else is kept rather than skipped.
    resource.mode === 'data'
      ? []
      : resource.instances.map((instance, index) => {
          const place = { origin, path: `resources[${at}].instances[${index}].attributes`, code: STATE_JSON.shape };
          return { ...readInstance(resource, instance), ...claimOf(resource.type, instance.attributes, place) };
        }),
  );
  const { serial, lineage, terraform_version: terraformVersion = null } = state;
  return { lineage, serial, terraformVersion, instances };
}

function readInstance(
  { module, type, name }: { module?: string | null | undefined; type: string; name: string },
  { index_key: key = null, deposed = null, status }: z.infer<typeof instanceSchema>,
) {
  const address = instanceAddress(module ?? null, `${type}.${name}`, key);
  return { address, type, deposed: deposed === '' ? null : deposed, tainted: status === 'tainted' };
}

/** Only what names it is read; everything else of a state may be a secret. */
function claimOf(type: string, attributes: unknown, place: AttributesPlace) {
  const row = modelledType(type);
  if (row === null) return { target: null, isDatabase: false, listed: null };
  return {
    target: targetOf(row, readAttributes(attributes, namingAttributes(row), place)),
    isDatabase: row.isDatabase,
    listed: printListed(row.attributes, attributes),
  };
}

function refuseOthers(document: JsonObject, origin: string): void {
  const has = (key: string) => Object.hasOwn(document, key);
  if (Object.keys(document).length === 0) {
    throw new MusterError('MUSTER_STATE_EMPTY', `${origin}: an object without members: there is no state`);
  }
  if (has('encrypted_data')) {
    throw new MusterError('MUSTER_STATE_ENCRYPTED', `${origin}: a state that OpenTofu encrypted; Muster holds no key`);
  }
  const version = memberOf(document, 'version');
  if (version === 4 && has('serial')) return;
  throw new MusterError('MUSTER_STATE_NOT_STATE', `${origin}: ${nameOther(document)}; ${STATE_JSON.accepted}`);
}

function nameOther(document: JsonObject): string {
  const has = (key: string) => Object.hasOwn(document, key);
  if (has('resource_changes') || has('planned_values')) return 'a plan, not its state';
  if (has('backend')) return 'the settings of a backend (.terraform/terraform.tfstate), which hold no resources';
  if (has('format_version')) return 'the rendering of terraform show -json, which has no lineage';
  const version = memberOf(document, 'version');
  if (typeof version === 'number') return `a state of version ${version}; accepted is version 4`;
  return 'no state: it has no version 4';
}
