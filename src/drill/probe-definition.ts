/**
 * The probes of a drill definition: how each question is written down.
 *
 * Keys are those of the probes themselves; what is left out has a default, and every default is the stricter one. SQL is
 * taken as it stands, since only the scratch ever sees it. Names are unique: an earlier drill is compared by them.
 */

import * as z from 'zod';
import { keysOnly } from '../core/yaml.ts';
import type { Probe, ProbeKind } from './probe.ts';

/** A name: shown in reports, and what later drills find an earlier answer by. */
const name = z.string('a name').min(1, 'a name').max(80, 'a name of at most 80 characters');
const sql = z.string('one SQL query').min(1, 'one SQL query').max(10_000, 'one SQL query of at most 10,000 characters');
const identifier = z.string('a column').regex(/^[A-Za-z_][\w$]{0,62}$/, 'a column such as created_at');
const table = z
  .string('a table such as public.orders')
  .regex(/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/, 'a table such as public.orders');
const count = (min: number) => z.int(`a whole number from ${min}`).min(min, `a whole number from ${min}`);
const percent = z.number('a percentage from 0').min(0, 'a percentage from 0').max(1_000, 'a percentage up to 1000');

const FIGURE = 'last_drill, or a whole number from 0';
const countExpectation = keysOnly({
  against: z.union([z.literal('last_drill'), z.int(FIGURE).min(0, FIGURE)], FIGURE),
  shrinkPercentMax: percent.default(1),
  growPercentMax: percent.nullable().default(null),
});
const expectCount = countExpectation.nullable().default(null);
const DIGEST = 'last_drill, or a digest: sha256: and 64 hex digits';
const digest = z.union([z.literal('last_drill'), z.string().regex(/^sha256:[0-9a-f]{64}$/, DIGEST)], DIGEST);

const sqlProbe = keysOnly({
  kind: z.literal('sql'),
  name,
  sql,
  equals: z.string('a text').nullable().default(null),
  min: z.number('a number').nullable().default(null),
  max: z.number('a number').nullable().default(null),
  keepValue: z.boolean('true or false').default(false),
})
  .refine(({ equals, min, max }) => equals !== null || min !== null || max !== null, {
    error: 'at least one of equals, min and max: a query whose answer may be anything proves nothing',
  })
  .refine(({ equals, min, max }) => equals === null || (min === null && max === null), {
    error: 'either equals, or bounds by min and max',
  })
  .refine(({ min, max }) => min === null || max === null || min <= max, { error: 'min to be at most max' });

const KINDS = {
  row_count: keysOnly({
    kind: z.literal('row_count'),
    name,
    /** Schema and table, such as `public.orders`. */
    table,
    rowsMin: count(0).nullable().default(1),
    expect: expectCount,
  }),
  total_rows: keysOnly({ kind: z.literal('total_rows'), name, rowsMin: count(0).default(1), expect: expectCount }),
  tables: keysOnly({ kind: z.literal('tables'), name, tablesMin: count(0).default(1) }),
  freshness: keysOnly({ kind: z.literal('freshness'), name, sql, ageSecondsMax: count(1) }),
  marker: keysOnly({
    kind: z.literal('marker'),
    name,
    sql,
    lagSecondsMax: count(0),
    keepValue: z.boolean('true or false').default(false),
  }),
  checksum: keysOnly({
    kind: z.literal('checksum'),
    name,
    table,
    key: z.array(identifier, 'a list of columns').min(1, 'at least one column that orders the rows'),
    columns: z.array(identifier, 'a list of columns').default([]),
    where: z.string('an SQL condition').min(1, 'an SQL condition').nullable().default(null),
    rowsMax: count(1).max(10_000_000, 'a whole number up to 10000000').default(100_000),
    expect: digest.default('last_drill'),
  }),
  schema: keysOnly({ kind: z.literal('schema'), name, expect: digest.default('last_drill') }),
  integrity: keysOnly({
    kind: z.literal('integrity'),
    name,
    tables: z.array(table, 'a list of tables').default([]),
  }),
  sql: sqlProbe,
} as const satisfies Record<ProbeKind, z.ZodType<Probe>>;

const PROBE_KINDS = Object.keys(KINDS).join(', ');

const probe = z.discriminatedUnion(
  'kind',
  [
    KINDS.row_count,
    KINDS.total_rows,
    KINDS.tables,
    KINDS.freshness,
    KINDS.marker,
    KINDS.checksum,
    KINDS.schema,
    KINDS.integrity,
    KINDS.sql,
  ],
  { error: `a probe of one of the kinds ${PROBE_KINDS}` },
);

const PROBES_MAX = 200;

/** The list of probes of a definition; empty when none is written. */
export const probeList: z.ZodType<readonly Probe[]> = z
  .array(probe, 'a list of probes')
  .max(PROBES_MAX, `a list of at most ${PROBES_MAX} probes`)
  .superRefine((probes, context) => {
    probes.forEach((one, index) => {
      if (probes.findIndex((other) => other.name === one.name) === index) return;
      context.addIssue({ code: 'custom', path: [index, 'name'], message: 'a name that no other probe here has' });
    });
  });
