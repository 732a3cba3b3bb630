/**
 * What becomes of a resource that leaves a stack, or that a new one takes the place of.
 *
 * Where several sources speak of it, the one that saves least counts. The defaults point two ways: what is removed leaves
 * a snapshot if it is a database of its own, what is replaced leaves nothing.
 * Source: CloudFormation User Guide, "DeletionPolicy attribute" and "UpdateReplacePolicy attribute"; CloudFormation API,
 * ResourceChange.PolicyAction; `aws-backup-facts.md` 2.11.
 */

/** What becomes of it, best first. */
export const FATES = ['kept', 'snapshot', 'deleted'] as const;
export type Fate = (typeof FATES)[number];

/** What is known of a resource's policies; null for a source that is silent. */
export interface Policies {
  /** The change set's own word, such as `ReplaceAndDelete`. */
  readonly action: string | null;
  /** The attribute as each version of the definition has it. */
  readonly attributes: readonly unknown[];
  /** A definition was seen, so that a silent one means the default. */
  readonly defined: boolean;
  /** CloudFormation can take a snapshot of it. */
  readonly canBeSnapshotted: boolean;
}

const WORDS: Readonly<Record<string, Fate>> = {
  Retain: 'kept',
  RetainExceptOnCreate: 'kept',
  Snapshot: 'snapshot',
  Delete: 'deleted',
  ReplaceAndRetain: 'kept',
  ReplaceAndSnapshot: 'snapshot',
  ReplaceAndDelete: 'deleted',
};

/** What becomes of a resource that is removed, by its DeletionPolicy. */
export function fateOfRemoval(policies: Policies): Fate {
  return fate(policies, policies.canBeSnapshotted ? 'snapshot' : 'deleted');
}

/** What becomes of a resource that is replaced, by its UpdateReplacePolicy. */
export function fateOfReplacement(policies: Policies): Fate {
  return fate(policies, 'deleted');
}

/** True when the second attribute saves less than the first, of a resource that is removed. */
export function isWeaker(before: unknown, after: unknown, canBeSnapshotted: boolean): boolean {
  const [then, now] = [before, after].map((attribute) =>
    fateOfRemoval({ action: null, attributes: [attribute], defined: true, canBeSnapshotted }),
  );
  return FATES.indexOf(now ?? 'deleted') > FATES.indexOf(then ?? 'deleted');
}

function fate({ action, attributes, defined, canBeSnapshotted }: Policies, unset: Fate): Fate {
  const said = [action, ...attributes].filter((word) => word !== null && word !== undefined && word !== '');
  if (said.length === 0) return defined ? unset : 'deleted';
  const fates = said.map((word) => {
    // A policy that is a function of something else, or a word that nobody knows, may be the worst one.
    const known = typeof word === 'string' && Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    return known === 'snapshot' && !canBeSnapshotted ? 'deleted' : (known ?? 'deleted');
  });
  return FATES.findLast((candidate) => fates.includes(candidate)) ?? 'deleted';
}
