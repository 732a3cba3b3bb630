/**
 * The saved plan, which is what `apply` is given: its digest, the state it was made from, and what it would do.
 *
 * Its inside is declared private by Terraform, so it is evidence and never the only route: the JSON is what is judged, and
 * a saved plan of a later format keeps its digest and its state and says nothing about actions.
 * Source: hashicorp/terraform `internal/plans/planfile` and `planproto/planfile.proto` (fields 1, 3, 13, 14, 21, 30; of a
 * change 7, 9, 13); opentofu/opentofu, the same; each field seen in plans of Terraform 1.11.4.
 */

import { type Digest, digestOfBytes } from '../../../core/canonical.ts';
import { MusterError } from '../../../core/errors.ts';
import { readState, type StateDocument } from '../state/read-state.ts';
import { type Message, readMessage } from './wire.ts';
import { openArchive } from './zip.ts';

/** What a saved plan says of one object. */
export interface SavedChange {
  readonly address: string;
  readonly deposed: string | null;
  /** In the words of the JSON, sorted; null for an action that came after this reader. */
  readonly words: readonly string[] | null;
}

/** What the inside of a saved plan says. */
export interface SavedPlan {
  readonly terraformVersion: string | null;
  /** When it was made, to the second. */
  readonly timestamp: string | null;
  /** Kind of backend, such as `s3`; `local` where none is configured. */
  readonly backend: string | null;
  readonly changes: readonly SavedChange[];
  /** Actions of providers that run besides. */
  readonly invocationCount: number;
}

/** A saved plan. */
export interface PlanFile {
  /** SHA-256 of its bytes: what would be applied. */
  readonly digest: Digest;
  readonly state: StateDocument;
  /** Null for a format that came after this reader. */
  readonly plan: SavedPlan | null;
}

const FORMAT = 3;
/** `plans.Action` on the wire; a change without the field is a no-op. */
const WORDS: readonly (readonly string[] | null)[] = [
  ['no-op'],
  ['create'],
  ['read'],
  ['update'],
  null,
  ['delete'],
  ['create', 'delete'],
  ['create', 'delete'],
  ['forget'],
  ['create', 'forget'],
];

/**
 * Reads a saved plan.
 *
 * @param origin Where it came from, for messages.
 * @throws MusterError `MUSTER_PLAN_FILE_INVALID` or `MUSTER_STATE_ENCRYPTED`; the errors of `readState` for its state.
 */
export function readPlanFile(bytes: Uint8Array, origin: string): PlanFile {
  const refuse = (what: string) => new MusterError('MUSTER_PLAN_FILE_INVALID', `${origin}: ${what}`);
  refuseOthers(bytes, origin, refuse);
  const archive = openArchive(bytes, origin);
  const [plan, state] = [archive.member('tfplan'), archive.member('tfstate')];
  if (plan === null || state === null) throw refuse('a zip archive, but no saved plan: it has no tfplan or no tfstate');
  const message = readMessage(plan);
  if (message === null) throw refuse('its member tfplan is no message');
  return {
    digest: digestOfBytes(bytes),
    state: readState(new TextDecoder().decode(state), `${origin} (tfstate)`),
    plan: message.number(1) === FORMAT ? savedPlan(message, refuse) : null,
  };
}

function savedPlan(message: Message, refuse: (what: string) => MusterError): SavedPlan {
  const inner = (bytes: Uint8Array): Message => {
    const found = readMessage(bytes);
    if (found === null) throw refuse('its member tfplan is damaged');
    return found;
  };
  const one = (of: Message, field: number): Message | null => {
    const bytes = of.whole(field);
    return bytes === null ? null : inner(bytes);
  };
  return {
    terraformVersion: message.text(14),
    timestamp: message.text(21),
    backend: one(message, 13)?.text(1) ?? null,
    changes: message.parts(3).map((bytes) => {
      const change = inner(bytes);
      const words = WORDS[one(change, 9)?.number(1) ?? 0] ?? null;
      return { address: change.text(13) ?? '', deposed: change.text(7) || null, words };
    }),
    invocationCount: message.parts(30).length,
  };
}

function refuseOthers(bytes: Uint8Array, origin: string, refuse: (what: string) => MusterError): void {
  const start = new TextDecoder().decode(bytes.subarray(0, 4096));
  if (start.startsWith('PK\u0003\u0004')) return;
  if (bytes.length === 0) throw refuse('empty');
  if (!start.trimStart().startsWith('{')) throw refuse('no saved plan, which is a zip archive');
  if (start.includes('"remote_plan_format"')) {
    throw refuse('a bookmark of a run in HCP Terraform, which holds no plan');
  }
  if (start.includes('"resource_changes"') || start.includes('"format_version"')) {
    throw refuse('the JSON of a plan, not the saved plan that it was rendered from');
  }
  if (start.includes('"encryption_version"') || start.includes('"encrypted_data"')) {
    throw new MusterError(
      'MUSTER_STATE_ENCRYPTED',
      `${origin}: a saved plan that OpenTofu encrypted; Muster holds no key`,
    );
  }
  throw refuse('JSON, not a saved plan');
}
