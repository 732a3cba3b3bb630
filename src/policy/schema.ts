/**
 * The policy file: what is required of databases, its shape and units.
 *
 * Defaults are strict; a file changes them for all databases or for those a selector picks. Unknown keys are
 * errors. Durations are written `90s`, `15m`, `24h` or `30d`.
 */

import * as z from 'zod';
import { readYaml } from '../core/yaml.ts';

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

const duration = z
  .string()
  .regex(/^\d+[smhd]$/, 'a duration such as 90s, 15m, 24h or 30d')
  .transform((text) => Number(text.slice(0, -1)) * UNIT_SECONDS[text.slice(-1) as keyof typeof UNIT_SECONDS]);

const requirement = z.strictObject({
  /** Most work, as time, that may be lost. */
  dataLossMax: duration,
  /** Longest restore, request to last passing probe; `null` for no objective. */
  restoreTimeMax: duration.nullable(),
  /** Survivors that the change itself neither makes nor holds. */
  survivorsOutsidePlan: z.int().min(1).max(10),
  /** `advisory` reports a missing restore proof without stopping on it. */
  restoreProof: z.enum(['required', 'advisory']),
  /** Greatest age of a drill that counts. */
  proofAgeMax: duration,
});

const selector = z
  .strictObject({
    /** `*` stands for any run of characters. */
    identifier: z.string().min(1).optional(),
    engine: z.string().min(1).optional(),
    account: z
      .string()
      .regex(/^\d{12}$/, 'an account id of twelve digits')
      .optional(),
    tags: z.record(z.string(), z.string()).optional(),
  })
  .refine((value) => Object.keys(value).length > 0, 'at least one of identifier, engine, account, tags');

const policyFile = z.strictObject({
  version: z.literal(1),
  defaults: requirement.partial().optional(),
  databases: z.array(requirement.partial().extend({ match: selector })).optional(),
  /** Greatest age of an inventory that a verdict may rest on. */
  inventoryAgeMax: duration.optional(),
  /** Longest time a verdict stays valid. */
  verdictAgeMax: duration.optional(),
});

/** A requirement as written: seconds for durations. */
export type RequirementValues = z.infer<typeof requirement>;

/** Some of a requirement's values; the rest come from elsewhere. */
export type PartialRequirement = { readonly [K in keyof RequirementValues]?: RequirementValues[K] | undefined };

/** Which databases an override speaks of; every member given must match. */
export type Selector = z.infer<typeof selector>;

/** A policy as read, defaults not yet filled in. */
export interface Policy {
  /** The file's name, or `built-in default`. */
  readonly origin: string;
  readonly defaults: PartialRequirement;
  readonly databases: readonly (PartialRequirement & { readonly match: Selector })[];
  readonly inventorySecondsMax: number;
  readonly verdictSecondsMax: number;
}

/** What holds without a policy file. */
export const DEFAULT_REQUIREMENT: RequirementValues = {
  dataLossMax: 24 * 3_600,
  restoreTimeMax: null,
  survivorsOutsidePlan: 1,
  restoreProof: 'required',
  proofAgeMax: 30 * 86_400,
};

const INVENTORY_SECONDS_MAX = 3_600;
const VERDICT_SECONDS_MAX = 3_600;

/** The strict policy that holds when nobody wrote one. */
export const DEFAULT_POLICY: Policy = {
  origin: 'built-in default',
  defaults: {},
  databases: [],
  inventorySecondsMax: INVENTORY_SECONDS_MAX,
  verdictSecondsMax: VERDICT_SECONDS_MAX,
};

/**
 * Reads a policy file.
 *
 * @param origin The file's name, for messages.
 * @throws MusterError `MUSTER_POLICY_INVALID` naming the key, what stands there and what is accepted.
 */
export function parsePolicy(text: string, origin: string): Policy {
  const { defaults, databases, inventoryAgeMax, verdictAgeMax } = readYaml(
    policyFile,
    text,
    origin,
    'MUSTER_POLICY_INVALID',
  );
  return {
    origin,
    defaults: defaults ?? {},
    databases: databases ?? [],
    inventorySecondsMax: inventoryAgeMax ?? INVENTORY_SECONDS_MAX,
    verdictSecondsMax: verdictAgeMax ?? VERDICT_SECONDS_MAX,
  };
}
