/**
 * The words of a case file: what may stand in it, and nothing else.
 *
 * A person reads a case from top to bottom, so every fact that decides it stands in it in words, and every fact that does
 * not is left to the builders. An unknown key is an error that names it.
 */

import * as z from 'zod';
import { keysOnly } from '../../../src/core/yaml.ts';
import { CLAIMS, DRILL_RESULTS, GRADES } from '../../../src/drill/model.ts';
import { DATABASE_KINDS, GAP_HIDES, KEY_STATES, QUOTA_NAMES, VAULT_LOCKS } from '../../../src/inventory/model.ts';
import { DISARMABLE_SETTINGS } from '../../../src/verdict/disarming.ts';
import { DECISIONS, REACHES, VERDICTS } from '../../../src/verdict/document.ts';
import { REASON_CODES } from '../../../src/verdict/reasons.ts';
import { isLength, isTime, LENGTH_OF_TIME, TIME } from './times.ts';

const name = z.string().min(1);
const time = z.string(TIME).refine(isTime, TIME);
const length = z.string(LENGTH_OF_TIME).refine(isLength, LENGTH_OF_TIME);
const accountId = z.string('an account id in quotes').regex(/^\d{12}$/, 'an account id of twelve digits, in quotes');
/** A thing in the words of the tool that manages it. */
const words = z.record(z.string(), z.unknown());
const place = { account: accountId.optional(), region: name.optional() };

const database = keysOnly({
  name,
  kind: z.enum(DATABASE_KINDS).optional(),
  /** The resource id; `db-NAME` or `cluster-NAME` unless given. */
  'resource id': name.optional(),
  ...place,
  engine: name.optional(),
  status: name.optional(),
  class: name.optional(),
  gib: z.int().optional(),
  retention: length.optional(),
  protected: z.boolean().optional(),
  /** The name of one of the keys. */
  key: name.optional(),
  members: z.array(name).optional(),
  replicas: z.array(name).optional(),
  'replica of': name.optional(),
  'global cluster': name.optional(),
  /** AWS Backup owns its PITR by a continuous point. */
  'aws backup owns pitr': z.boolean().optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

const about = {
  id: name.optional(),
  ...place,
  /** When it was made, and from when its data are, unless `data` says otherwise. */
  at: time.optional(),
  data: z.union([time, z.literal('not told')]).optional(),
  window: z.tuple([time, time]).optional(),
  until: time.optional(),
  status: name.optional(),
  key: name.optional(),
  vault: name.optional(),
  retention: length.optional(),
  'copied from': name.optional(),
  /** The resource id of an earlier database of that name. */
  'earlier id': name.optional(),
};

/** Each kind of recovery point as a case calls it, with the database it is of. */
export const POINT_WORDS = {
  'pitr of': 'pitr',
  'system snapshot of': 'system_snapshot',
  'retained backup of': 'retained_automated_backup',
  'replicated backup of': 'replicated_automated_backup',
  'manual snapshot of': 'manual_snapshot',
  'snapshot copy of': 'snapshot_copy',
  'account copy of': 'account_copy',
  'shared snapshot of': 'shared_snapshot',
  's3 export of': 's3_export',
  'backup snapshot of': 'backup_snapshot',
  'continuous point of': 'backup_continuous',
  'backup copy of': 'backup_copy',
  'air-gapped copy of': 'air_gapped_copy',
} as const;
/** One of those kinds. */
export type PointWord = keyof typeof POINT_WORDS;
export const POINT_WORD_LIST = Object.keys(POINT_WORDS) as readonly PointWord[];

const ONE_KIND = `exactly one of ${POINT_WORD_LIST.join(', ')}`;
const point = keysOnly({
  ...(Object.fromEntries(POINT_WORD_LIST.map((word) => [word, name.optional()])) as {
    [word in PointWord]: z.ZodOptional<typeof name>;
  }),
  ...about,
}).refine((written) => POINT_WORD_LIST.filter((word) => written[word] !== undefined).length === 1, ONE_KIND);

const key = keysOnly({
  name,
  ...place,
  state: z.enum(KEY_STATES).optional(),
  manager: z.enum(['aws', 'customer']).optional(),
  deleted: time.optional(),
});
const vault = keysOnly({ name, ...place, lock: z.enum(VAULT_LOCKS).optional(), 'air-gapped': z.boolean().optional() });
const gap = keysOnly({ what: name, ...place, action: name, cause: name, hides: z.enum(GAP_HIDES) });
const quota = keysOnly({ name: z.enum(QUOTA_NAMES), used: z.int(), max: z.int() });

const estate = keysOnly({
  read: time.optional(),
  /** Places read besides the usual one, as `account/region`. */
  'also read': z.array(name).optional(),
  databases: z.array(database).optional(),
  points: z.array(point).optional(),
  keys: z.array(key).optional(),
  vaults: z.array(vault).optional(),
  gaps: z.array(gap).optional(),
  quotas: z.array(quota).optional(),
});

const entry = keysOnly({
  address: name,
  actions: z.array(name),
  /** A database, snapshot, key or vault of the estate: what names it is filled in on both sides. */
  of: name.optional(),
  before: words.nullish(),
  after: words.nullish(),
  'moved from': name.optional(),
  'depends on': z.array(name).optional(),
});

const state = keysOnly({ lineage: name, serial: z.int() });
const change = keysOnly({
  command: name.optional(),
  terraform: z.array(entry).optional(),
  /** What is known of the state beside the plan. */
  state: state.optional(),
  /** The state knows nothing at all. */
  'empty state': z.boolean().optional(),
  kubernetes: keysOnly({ delete: words.optional(), update: words.optional(), to: words.optional() }).optional(),
  cloudformation: keysOnly({ 'delete stack': name.optional(), 'change set': z.array(words).optional() }).optional(),
  cleaner: name.optional(),
}).refine(
  (written) =>
    ['command', 'terraform', 'kubernetes', 'cloudformation', 'cleaner'].filter((kind) => Object.hasOwn(written, kind))
      .length === 1,
  'exactly one of command, terraform, kubernetes, cloudformation, cleaner',
);

const drill = keysOnly({
  of: name,
  /** The resource id of an earlier database of that name. */
  'earlier id': name.optional(),
  claim: z.enum(CLAIMS),
  ended: time,
  /** The recovery point it restored; one of no importance unless given. */
  point: name.optional(),
  result: z.enum(DRILL_RESULTS).optional(),
  grade: z.enum(GRADES).optional(),
  took: length.optional(),
  class: name.optional(),
  'other class': z.boolean().optional(),
  gib: z.int().optional(),
  resumed: z.int().optional(),
  endpoint: name.optional(),
  cause: name.optional(),
});
const disarmed = keysOnly({
  of: name,
  setting: z.enum(DISARMABLE_SETTINGS),
  from: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  to: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  judged: time,
  by: name.optional(),
  decision: z.enum(DECISIONS),
});
const evidence = keysOnly({
  drills: z.array(drill).optional(),
  disarmed: z.array(disarmed).optional(),
  states: z.array(keysOnly({ lineage: name, serial: z.int(), holds: z.array(name), judged: time })).optional(),
  'restore tests': z
    .array(keysOnly({ of: name, completed: time, validation: name.nullable(), message: name.optional() }))
    .optional(),
  /** The identity policies of whoever asks, as IAM has them. */
  authority: z.array(words).optional(),
});

const codes = z.array(z.enum(REASON_CODES));
const fates = z.enum(['lost', 'unreadable', 'unknown']);
const expected = keysOnly({
  decision: z.enum(DECISIONS).optional(),
  verdict: z.enum(VERDICTS).optional(),
  /** Reasons about the change as a whole, in order. */
  reasons: codes.optional(),
  /** How long the decision holds. */
  'valid for': length.optional(),
  databases: z
    .record(
      z.string(),
      keysOnly({
        verdict: z.enum(VERDICTS),
        reasons: codes,
        /** Each survivor's id with its reach, the one that loses least first. */
        survivors: z.record(z.string(), z.enum(REACHES)),
        casualties: z.record(z.string(), fates),
        loses: z.union([z.literal('everything'), z.literal('not known'), length]),
        'would have saved': name.optional(),
        'prerequisites lost': z.array(name).optional(),
      }),
    )
    .optional(),
  /** Texts that would be untrue here, wherever they stood in the document. */
  'never says': z.array(name).optional(),
  /** The change or the policy is refused with a message that holds this. */
  error: name.optional(),
});

/** What a person writes of a case; the whole document stands below it. */
export const caseFile = keysOnly({
  shows: z.string().min(20),
  /** The text of a muster.yaml; what is built in holds without one. */
  policy: name.optional(),
  estate,
  change,
  evidence: evidence.optional(),
  expect: expected,
});

/** A case as read. */
export type GoldenCase = z.output<typeof caseFile>;
export type EstateWords = z.output<typeof estate>;
export type DatabaseWords = z.output<typeof database>;
export type PointWords = z.output<typeof point>;
export type ChangeWords = z.output<typeof change>;
export type EntryWords = z.output<typeof entry>;
export type EvidenceWords = z.output<typeof evidence>;
export type ExpectedWords = z.output<typeof expected>;
