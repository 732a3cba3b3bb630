/**
 * Reads the parameters of one RDS call and holds them against the action's table.
 *
 * Given the form of the request; refuses what is missing, malformed or not implemented, by name. Lists
 * are `Name.Member.N` (or `Name.member.N`) on the wire and tags `Tags.Tag.N.Key`. Source: Amazon RDS API
 * 2014-10-31, "Query Parameters".
 */

import { AwsFault, refuseUnless } from '../faults.ts';
import type { Settings, Tag } from '../world.ts';
import type { ActionTable } from './actions.ts';
import { PARAMETER_TYPES, STORED_AS } from './parameter-types.ts';

/** One `Filters.Filter.N`. */
export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** The parameters of one call, typed; null where one was not given. */
export interface Parameters {
  readonly names: readonly string[];
  text(name: string): string | null;
  flag(name: string): boolean | null;
  whole(name: string): number | null;
  texts(name: string): readonly string[] | null;
  tags(): readonly Tag[] | null;
  filters(): readonly Filter[];
  /** The given parameters that are only stored, under the names AWS shows. */
  stored(): Settings;
}

/**
 * Reads and checks parameters.
 *
 * @throws AwsFault naming the first parameter at fault.
 */
export function readParameters(form: URLSearchParams, action: string, table: ActionTable): Parameters {
  const names = [...new Set([...form.keys()].map((key) => key.split('.')[0] ?? key))]
    .filter((name) => name !== 'Action' && name !== 'Version')
    .sort();
  const accepted = new Set<string>([...table.required, ...table.optional]);
  for (const name of names) {
    refuseUnless(
      accepted.has(name),
      'InvalidParameterCombination',
      `The lab does not implement the parameter ${name} of ${action}.`,
    );
  }
  for (const name of table.required) {
    refuseUnless(names.includes(name), 'MissingParameter', `The request must contain the parameter ${name}.`);
  }
  const parameters = parametersOf(form, names);
  for (const name of names) checkForm(parameters, name);
  return parameters;
}

function parametersOf(form: URLSearchParams, names: readonly string[]): Parameters {
  const text = (name: string) => form.get(name);
  const flag = (name: string) => {
    const value = form.get(name);
    if (value === null) return null;
    const lower = value.toLowerCase();
    refuseUnless(
      lower === 'true' || lower === 'false',
      'InvalidParameterValue',
      `Invalid value for ${name}: must be a boolean`,
    );
    return lower === 'true';
  };
  const whole = (name: string) => {
    const value = form.get(name);
    if (value === null) return null;
    refuseUnless(/^-?\d{1,9}$/.test(value), 'InvalidParameterValue', `Invalid value for ${name}: must be an integer`);
    return Number(value);
  };
  const texts = (name: string) => (names.includes(name) ? listed(form, name) : null);
  const stored = () =>
    Object.fromEntries(
      names.flatMap((name) => {
        const shownAs = STORED_AS[name];
        if (shownAs === undefined) return [];
        const isCapacity = PARAMETER_TYPES[name] === 'capacity';
        return [[shownAs, isCapacity ? readCapacity(form, name) : normal(name, form.get(name) ?? '')]];
      }),
    );
  return {
    names,
    text,
    flag,
    whole,
    texts,
    tags: () => readTags(form, names),
    filters: () => readFilters(form),
    stored,
  };
}

function checkForm(parameters: Parameters, name: string): void {
  const type = PARAMETER_TYPES[name];
  if (type === 'flag') parameters.flag(name);
  if (type === 'whole') parameters.whole(name);
  const single = type === 'text' || type === 'flag' || type === 'whole';
  if (single)
    refuseUnless(parameters.text(name) !== null, 'InvalidParameterValue', `The parameter ${name} is malformed.`);
}

function normal(name: string, value: string): string {
  return PARAMETER_TYPES[name] === 'flag' ? value.toLowerCase() : value;
}

/**
 * `Name.MinCapacity` and `Name.MaxCapacity`, as one setting: `0.5 16`.
 *
 * Source: Amazon RDS API 2014-10-31, `ServerlessV2ScalingConfiguration`: half steps, 0 to 256, the greatest from 1.
 */
function readCapacity(form: URLSearchParams, name: string): string {
  const [least, greatest] = ['MinCapacity', 'MaxCapacity'].map((field) =>
    Number(form.get(`${name}.${field}`) ?? 'NaN'),
  );
  const valid = [least, greatest].every((units) => Number.isInteger(Number(units) * 2));
  refuseUnless(
    valid &&
      Number(least) >= 0 &&
      Number(greatest) >= 1 &&
      Number(greatest) <= 256 &&
      Number(least) <= Number(greatest),
    'InvalidParameterValue',
    `Invalid value for ${name}: MinCapacity and MaxCapacity are half steps from 0 to 256.`,
  );
  return `${least} ${greatest}`;
}

/** Values of `Name.Anything.N`, in the order of N. */
function listed(form: URLSearchParams, name: string): string[] {
  return [...form.entries()]
    .filter(([key]) => key.startsWith(`${name}.`) && /\.\d+$/.test(key))
    .sort(([a], [b]) => position(a) - position(b))
    .map(([, value]) => value);
}

function position(key: string): number {
  return Number(/\.(\d+)$/.exec(key)?.[1] ?? '0');
}

function readTags(form: URLSearchParams, names: readonly string[]): readonly Tag[] | null {
  if (!names.includes('Tags')) return null;
  const tags = numbered(form, /^Tags\.(?:Tag|member)\.(\d+)\.(Key|Value)$/).map((fields) => ({
    key: fields['Key'] ?? '',
    value: fields['Value'] ?? '',
  }));
  for (const tag of tags) {
    refuseUnless(
      tag.key.length > 0 && tag.key.length <= 128,
      'InvalidParameterValue',
      'Tag keys have 1 to 128 characters.',
    );
    refuseUnless(
      !tag.key.toLowerCase().startsWith('aws:'),
      'InvalidParameterValue',
      'Tag keys beginning with aws: are reserved.',
    );
  }
  refuseUnless(
    new Set(tags.map((tag) => tag.key)).size === tags.length,
    'InvalidParameterValue',
    'Duplicate tag keys.',
  );
  refuseUnless(tags.length <= 50, 'InvalidParameterValue', 'A resource has at most 50 tags.');
  return tags;
}

function readFilters(form: URLSearchParams): Filter[] {
  return numbered(form, /^Filters\.(?:Filter|member)\.(\d+)\.(Name|Values\..+)$/).map((fields) => {
    const name = fields['Name'];
    if (name === undefined) throw new AwsFault('InvalidParameterValue', 'A filter needs a name.');
    const values = Object.entries(fields).flatMap(([field, value]) => (field === 'Name' ? [] : [value]));
    refuseUnless(values.length > 0, 'InvalidParameterValue', `The filter ${name} needs at least one value.`);
    return { name, values };
  });
}

/** Groups `Prefix.N.Field` entries by N, in order. */
function numbered(form: URLSearchParams, pattern: RegExp): Record<string, string>[] {
  const groups = new Map<number, Record<string, string>>();
  for (const [key, value] of form.entries()) {
    const [, index, field] = pattern.exec(key) ?? [];
    if (index === undefined || field === undefined) continue;
    const group = groups.get(Number(index)) ?? {};
    groups.set(Number(index), { ...group, [field]: value });
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
}
