/**
 * A long listing in parts: whole, or not at all.
 *
 * The rules on fakes; then a whole region read through the SDK, one snapshot of which no filter would ever have shown.
 */

import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createClients } from '../../../src/adapters/aws/clients.ts';
import { ENGINES, type Parts, readParts } from '../../../src/adapters/aws/engine-parts.ts';
import { HEAD_PAGES, observeInParts } from '../../../src/adapters/aws/listing.ts';
import type { Page } from '../../../src/adapters/aws/paging.ts';
import { readRds } from '../../../src/adapters/aws/rds-reader.ts';
import { ACCOUNT, type Estate, makeEstate, REGION, type Shot } from '../../bench/estate.ts';
import { type Answer, answersOf, type Call } from '../../bench/estate-answers.ts';

interface Item {
  readonly arn: string;
  readonly engine: string;
}
const item = (arn: string, engine: string): Item => ({ arn, engine });
const ALL = [item('a', 'mysql'), item('b', 'postgres'), item('c', 'oracle-se1'), item('d', 'mysql')];
const HEAD = ALL.slice(0, 1);
const take = (items: readonly unknown[], into: (value: Item) => void) => {
  for (const one of items as Item[]) into(one);
  return items.every((one) => (one as Item).arn !== 'malformed');
};

/** Parts over some items, a page each; every fake can be told otherwise. */
function partsOf(items: readonly Item[], told: Partial<Parts> = {}): Parts & { readonly asked: string[][] } {
  const asked: string[][] = [];
  const fetchPage = (engines: readonly string[]) => {
    asked.push([...engines]);
    const chosen = items.filter(({ engine }) => engines.includes(engine));
    return async (marker: string | undefined): Promise<Page> => {
      const index = Number(marker ?? 0);
      return { items: chosen.slice(index, index + 1), next: index + 1 < chosen.length ? String(index + 1) : undefined };
    };
  };
  const ownerEngines = async () => new Set(['mysql', 'postgres']);
  return { asked, fetchPage, ownerEngines, count: async () => items.length, ...told };
}

it('parts hold everything, that of engines no database runs any more as well', async () => {
  const parts = partsOf(ALL);
  const read = await readParts(parts, HEAD, take);
  expect(read?.map(({ arn }) => arn).sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(parts.asked.slice(0, 2)).toEqual([['mysql'], ['postgres']]);
});

it('every engine is asked for once', async () => {
  const parts = partsOf(ALL);
  await readParts(parts, HEAD, take);
  expect(parts.asked.flat().sort()).toEqual([...ENGINES].sort());
});

it('what is shown twice counts once', async () => {
  const again = [...ALL, item('a', 'mysql')];
  expect(await readParts(partsOf(again, { count: async () => 4 }), HEAD, take)).toHaveLength(4);
});

it('without a count, the engines of the owners are enough', async () => {
  const { count: _, ...parts } = partsOf(ALL);
  expect(await readParts(parts, HEAD, take)).toHaveLength(4);
});

describe('there are no parts when', () => {
  const counts = (...figures: readonly number[]) => {
    const left = [...figures];
    return async () => left.shift() ?? null;
  };
  const throwing = () => async (): Promise<Page> => {
    throw new Error('Throttling');
  };
  it.each([
    ['the owners could not all be read', ALL, { ownerEngines: async () => null }],
    ['an owner is of an engine nobody knows', ALL, { ownerEngines: async () => new Set(['mysql', 'novel']) }],
    ['AWS gives no count', ALL, { count: async () => null }],
    ['AWS counts more than was read', [...ALL, item('e', 'novel')], {}],
    ['AWS counts less than was read', ALL, { count: async () => 3 }],
    ['the count changed meanwhile', ALL, { count: counts(4, 5) }],
    ['the count was not given again', ALL, { count: counts(4) }],
    ['a part is refused', ALL, { fetchPage: throwing }],
    ['a filter is not heeded', ALL, { fetchPage: () => async () => ({ items: ALL, next: undefined }) }],
    ['what the listing began with is missing', ALL.slice(1), {}],
    ['an item is malformed', [...ALL, item('malformed', 'mysql')], {}],
  ] satisfies readonly (readonly [string, readonly Item[], Partial<Parts>])[])('%s', async (_, items, told) => {
    expect(await readParts(partsOf(items, told), HEAD, take)).toBeNull();
  });

  it('a part is cut short behind its first page, and AWS gives no count', async () => {
    const { count: _, ...parts } = partsOf(ALL);
    const fetchPage = (engines: readonly string[]) => async (marker: string | undefined) => {
      if (marker !== undefined) throw new Error('Throttling');
      return parts.fetchPage(engines)(marker);
    };
    expect(await readParts({ ...parts, fetchPage }, HEAD, take)).toBeNull();
  });

  it('the listing began with an engine nobody knows', async () => {
    const items = [item('n', 'novel'), ...ALL];
    expect(await readParts(partsOf(items), items.slice(0, 1), take)).toBeNull();
  });
});

describe('a listing', () => {
  const NOVEL = item('z', 'novel');
  const schema = z.object({ arn: z.string(), engine: z.string() });
  const listing = (items: readonly Item[], failsAt = Number.POSITIVE_INFINITY) => ({
    scope: { accountId: ACCOUNT, region: REGION },
    action: 'rds:DescribeDBSnapshots',
    what: 'manual DB snapshots',
    hides: 'survivors' as const,
    schema,
    fetchPage: async (marker: string | undefined): Promise<Page> => {
      const page = Number(marker ?? 0);
      if (page >= failsAt) throw new Error('gone');
      return { items: items.slice(page, page + 1), next: page + 1 < items.length ? String(page + 1) : undefined };
    },
  });
  const many = Array.from({ length: HEAD_PAGES + 5 }, (_, index) => item(`s${index}`, 'mysql'));

  it('that is short is never asked for in parts', async () => {
    const parts = partsOf(many);
    const short = many.slice(0, HEAD_PAGES);
    expect((await observeInParts(listing(short), parts)).values).toEqual(short);
    expect(parts.asked).toEqual([]);
  });

  it('that is long comes from its parts', async () => {
    const { values, gaps } = await observeInParts(listing(many, HEAD_PAGES), partsOf(many));
    expect(values).toHaveLength(many.length);
    expect(gaps).toEqual([]);
  });

  it('in doubt is read to its end as it is, each item once', async () => {
    const all = [...many, NOVEL];
    const { values, gaps } = await observeInParts(listing(all), partsOf(all));
    expect(values).toEqual(all);
    expect(gaps).toEqual([]);
  });

  it('in doubt and cut short is a gap', async () => {
    const all = [...many, NOVEL];
    const { values, gaps } = await observeInParts(listing(all, HEAD_PAGES + 2), partsOf(all));
    expect(values).toEqual(all.slice(0, HEAD_PAGES + 2));
    expect(gaps).toMatchObject([{ what: 'manual DB snapshots', hides: 'survivors' }]);
  });
});

describe('a region with thousands of snapshots', () => {
  const WHOLE = makeEstate({ instances: 60, snapshots: 4_000 });
  const withOneMore = (estate: Estate, engine: string, type: Shot['type']): Estate => {
    const [owner] = estate.owners.filter(({ state }) => state === 'gone');
    if (owner === undefined) throw new Error('the estate has no database long gone');
    const shot: Shot = { id: 'the-last-one', type, owner: { ...owner, engine }, at: '2024-01-01T00:00:00.000Z' };
    return { ...estate, shots: [...estate.shots, shot] };
  };
  const readThrough = async (answer: (call: Call) => Answer) => {
    const parts: string[] = [];
    const requestHandler = {
      handle: async ({ body }: { readonly body?: unknown }) => {
        const form = new URLSearchParams(String(body));
        if (form.has('Filters.Filter.1.Name')) parts.push(form.get('SnapshotType') ?? '');
        const { status, body: text } = answer({ target: null, form });
        return { response: { statusCode: status, headers: {}, body: Buffer.from(text) } };
      },
    };
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'not-a-secret' };
    const clients = createClients({
      region: REGION,
      credentials,
      attemptsMax: 1,
      requestHandler: requestHandler as never,
    });
    return { ...(await readRds(clients, { accountId: ACCOUNT, region: REGION })), parts: new Set(parts) };
  };
  const idsOf = (things: readonly { readonly id: string }[]) => things.map(({ id }) => id).sort();

  it('is read in parts, those of databases long gone among them', async () => {
    const { snapshots, gaps, parts } = await readThrough(answersOf(WHOLE));
    expect(idsOf(snapshots)).toEqual(idsOf(WHOLE.shots));
    expect(gaps).toEqual([]);
    expect(parts).toEqual(new Set(['automated', 'manual']));
  });

  it('shows the snapshot of a database long gone whose engine nobody named', async () => {
    const estate = withOneMore(WHOLE, 'novel', 'manual');
    const { snapshots, gaps } = await readThrough(answersOf(estate));
    expect(idsOf(snapshots)).toEqual(idsOf(estate.shots));
    expect(gaps).toEqual([]);
  });

  it('is read whole where AWS will not count', async () => {
    const answer = answersOf(WHOLE);
    const { snapshots, gaps, parts } = await readThrough((call) => {
      const refused = call.form?.get('Action') === 'DescribeAccountAttributes';
      return refused ? { status: 403, type: 'text/xml', body: '<ErrorResponse/>' } : answer(call);
    });
    expect(idsOf(snapshots)).toEqual(idsOf(WHOLE.shots));
    expect(gaps).toEqual([]);
    expect(parts).toEqual(new Set(['automated']));
  });
});
