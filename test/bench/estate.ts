/**
 * The estate the benchmarks run on: instances, snapshots and automated backups of one region, from a seed.
 *
 * Pure. Five engines; every instance has 25 system snapshots, the rest are manual, and every tenth manual one belongs to
 * one of the databases long gone, some of them of an engine nobody runs any more. A few deleted databases left a
 * retained automated backup with its system snapshots. Facts only; `estate-xml.ts` shows them as RDS does.
 */

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/7c3d1f52-6f0a-4c1e-9d38-2b5e0a9f4c11`;
/** The moment the estate is looked at. */
export const OBSERVED_AT = '2026-03-01T12:00:00.000Z';

/** How much of an estate there is. */
export interface Size {
  readonly instances: number;
  readonly snapshots: number;
}
export const FULL: Size = { instances: 2_000, snapshots: 100_000 };

export interface Owner {
  readonly identifier: string;
  readonly resourceId: string;
  readonly engine: string;
  readonly version: string;
  readonly createdAt: string;
  /** `gone` left manual snapshots only, `retained` an automated backup and its system snapshots. */
  readonly state: 'alive' | 'gone' | 'retained';
}
export interface Shot {
  readonly id: string;
  readonly type: 'automated' | 'manual';
  readonly owner: Owner;
  readonly at: string;
}
export interface Estate {
  readonly owners: readonly Owner[];
  readonly shots: readonly Shot[];
}

const ENGINES = [
  { engine: 'postgres', version: '16.4', share: 35 },
  { engine: 'mysql', version: '8.0.39', share: 25 },
  { engine: 'mariadb', version: '10.11.9', share: 15 },
  { engine: 'sqlserver-se', version: '15.00.4385.2.v1', share: 15 },
  { engine: 'oracle-se2', version: '19.0.0.0.ru-2024-07.rur-2024-07.r1', share: 10 },
] as const;
const WITHDRAWN = { engine: 'oracle-se1', version: '11.2.0.4.v25' } as const;
const NIGHTS = 25;
const DAY = 86_400_000;

/** The estate of a seed: the same one every time. */
export function makeEstate(size: Size = FULL, seed = 1): Estate {
  const chance = mulberry32(seed);
  const owner = (state: Owner['state'], index: number): Owner => {
    const withdrawn = state === 'gone' && index % 10 === 0;
    const { engine, version } = withdrawn ? WITHDRAWN : engineAt(chance() * 100);
    const createdAt = instant(2_000 * DAY * chance() + 40 * DAY);
    return {
      identifier: `${state}-${engine}-${padded(index, 5)}`,
      resourceId: resourceId(chance),
      engine,
      version,
      createdAt,
      state,
    };
  };
  const many = (state: Owner['state'], count: number) =>
    Array.from({ length: count }, (_, index) => owner(state, index));
  const alive = many('alive', size.instances);
  const gone = many('gone', Math.ceil(size.instances / 5));
  const retained = many('retained', Math.ceil(size.instances / 100));
  const nightly = [...alive, ...retained].flatMap((one) =>
    Array.from({ length: NIGHTS }, (_, night): Shot => {
      const at = instant((night + chance()) * DAY);
      return {
        id: `rds:${one.identifier}-${at.slice(0, 16).replace(/[T:]/g, '-')}`,
        type: 'automated',
        owner: one,
        at,
      };
    }),
  );
  const manual = Array.from({ length: Math.max(0, size.snapshots - nightly.length) }, (_, index): Shot => {
    const from = index % 10 === 0 ? gone : alive;
    const one = from[Math.floor(chance() * from.length)] ?? owner('gone', index);
    return { id: `before-release-${padded(index, 6)}`, type: 'manual', owner: one, at: instant(900 * DAY * chance()) };
  });
  return { owners: [...alive, ...gone, ...retained], shots: [...nightly, ...manual] };
}

/** A part of the full size. */
export function scaled(part: number): Size {
  return { instances: Math.round(FULL.instances * part), snapshots: Math.round(FULL.snapshots * part) };
}

function engineAt(percent: number): { readonly engine: string; readonly version: string } {
  let left = percent;
  for (const kind of ENGINES) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return ENGINES[0];
}

/** An instant that many milliseconds before the observation. */
function instant(ago: number): string {
  return new Date(Date.parse(OBSERVED_AT) - Math.floor(ago)).toISOString();
}

function resourceId(chance: () => number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return `db-${Array.from({ length: 26 }, () => letters[Math.floor(chance() * 32)]).join('')}`;
}

function padded(index: number, width: number): string {
  return String(index).padStart(width, '0');
}

/** Numbers from 0 up to 1, the same for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
