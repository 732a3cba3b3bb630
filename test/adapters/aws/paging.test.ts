/**
 * Following a listing to its end, and saying when it could not be.
 */

import { expect, it } from 'vitest';
import { type FetchPage, followPages, mapBounded } from '../../../src/adapters/aws/paging.ts';

async function listAll(fetchPage: FetchPage, options: Parameters<typeof followPages>[2] = {}) {
  const items: unknown[] = [];
  return { ...(await followPages(fetchPage, (page) => items.push(...page), options)), items };
}

it('pages are read in order until none is left', async () => {
  const asked: (string | undefined)[] = [];
  const listing = await listAll(async (marker) => {
    asked.push(marker);
    const page = Number(marker ?? 0);
    return { items: [page], next: page < 3 ? String(page + 1) : undefined };
  });
  expect(listing).toEqual({ items: [0, 1, 2, 3], cut: null, next: undefined });
  expect(asked).toEqual([undefined, '1', '2', '3']);
});

it('an empty marker is the end', async () => {
  expect(await listAll(async () => ({ items: [], next: '' }))).toMatchObject({ items: [], cut: null, next: undefined });
});

it('an answer without a list is no empty list', async () => {
  const listing = await listAll(async () => ({ items: undefined, next: undefined }));
  expect(listing.cut?.code).toBe('UnreadableAnswer');
});

it('markers that go round in a circle end the listing', async () => {
  const next = new Map<string | undefined, string>([
    [undefined, 'a'],
    ['a', 'b'],
    ['b', 'a'],
  ]);
  const listing = await listAll(async (marker) => ({ items: [marker], next: next.get(marker) }));
  expect(listing.items).toHaveLength(3);
  expect(listing.cut?.cause).toBe('RepeatedMarker: page 3 points back to a page already read');
});

it('a listing that never ends is cut at its bound', async () => {
  let page = 0;
  const listing = await listAll(async () => ({ items: [], next: String(++page) }), { pagesMax: 5 });
  expect(listing.cut?.cause).toBe('TooManyPages: more than 5 pages');
});

it('a listing stopped early says where to go on, and goes on there', async () => {
  const fetchPage: FetchPage = async (marker) => {
    const page = Number(marker ?? 0);
    return { items: [page], next: page < 3 ? String(page + 1) : undefined };
  };
  const head = await listAll(fetchPage, { stopAfter: 2 });
  expect(head).toEqual({ items: [0, 1], cut: null, next: '2' });
  expect((await listAll(fetchPage, { from: '2' })).items).toEqual([2, 3]);
  expect(await listAll(fetchPage, { stopAfter: 4 })).toMatchObject({ items: [0, 1, 2, 3], next: undefined });
});

it('work is done a few at a time and its results keep their order', async () => {
  let running = 0;
  let most = 0;
  const results = await mapBounded([...Array(20).keys()], 3, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    return item * 2;
  });
  expect(results).toEqual([...Array(20).keys()].map((item) => item * 2));
  expect(most).toBe(3);
});
