/**
 * The policy file: what is required of databases, its shape and units.
 *
 * Defaults are strict; a file changes them for all databases, for those of an environment, or for those a selector
 * picks, and says who lets which shortfall pass. Unknown keys are errors, and so is what contradicts itself.
 */

import * as z from 'zod';
import { readYaml } from '../core/yaml.ts';
import { contradictionsIn } from './consistency.ts';
import { environments, type PolicyEnvironment } from './environments.ts';
import { duration, mapping } from './parts.ts';
import { type Selector, selector } from './selector.ts';
import { holdTogether, type PartialRequirement, requirementShape } from './values.ts';
import { type PolicyWaiver, waiver } from './waivers.ts';

/** What is required of the databases that a selector picks. */
export interface PolicyOverride extends PartialRequirement {
  readonly match: Selector;
}

/** A policy as read, defaults not yet filled in. */
export interface Policy {
  /** The file's name, or `built-in default`. */
  readonly origin: string;
  readonly defaults: PartialRequirement;
  readonly environments: readonly PolicyEnvironment[];
  readonly databases: readonly PolicyOverride[];
  readonly waivers: readonly PolicyWaiver[];
  /** Greatest age of an inventory that a verdict may rest on. */
  readonly inventorySecondsMax: number;
  /** Longest time a verdict stays valid. */
  readonly verdictSecondsMax: number;
}

const KEYS = Object.keys(requirementShape).join(', ');

const defaults = mapping(requirementShape).superRefine(holdTogether);

const override = mapping({ match: selector, ...requirementShape })
  .refine((written) => Object.keys(written).length > 1, `beside match at least one of ${KEYS}`)
  .superRefine(holdTogether);

const policyFile = mapping({
  version: z.literal(1, '1'),
  defaults: defaults.optional(),
  environments: environments.optional(),
  databases: z.array(override, 'a list of overrides, each with match').optional(),
  waivers: z.array(waiver, 'a list of waivers').optional(),
  inventoryAgeMax: duration().optional(),
  verdictAgeMax: duration().optional(),
}).transform((written, context) => {
  // Unlike a refinement, this waits until every part is well formed.
  const { environments = [], databases = [], waivers = [] } = written;
  for (const { path, message } of contradictionsIn({ environments, databases, waivers }))
    context.addIssue({ code: 'custom', path: [...path], message });
  return written;
});

const INVENTORY_SECONDS_MAX = 3_600;
const VERDICT_SECONDS_MAX = 3_600;

/** The strict policy that holds when nobody wrote one. */
export const DEFAULT_POLICY: Policy = {
  origin: 'built-in default',
  defaults: {},
  environments: [],
  databases: [],
  waivers: [],
  inventorySecondsMax: INVENTORY_SECONDS_MAX,
  verdictSecondsMax: VERDICT_SECONDS_MAX,
};

/**
 * Reads a policy file.
 *
 * @param origin The file's name, for messages.
 * @throws MusterError `MUSTER_POLICY_INVALID` naming file, line, column and key, what stands there and what is accepted.
 */
export function parsePolicy(text: string, origin: string): Policy {
  const written = readYaml(policyFile, text, origin, 'MUSTER_POLICY_INVALID');
  return {
    origin,
    defaults: written.defaults ?? {},
    environments: written.environments ?? [],
    databases: written.databases ?? [],
    waivers: written.waivers ?? [],
    inventorySecondsMax: written.inventoryAgeMax ?? INVENTORY_SECONDS_MAX,
    verdictSecondsMax: written.verdictAgeMax ?? VERDICT_SECONDS_MAX,
  };
}
