/**
 * What the benchmarks compare, each a function that runs once in a process of its own.
 *
 * The inventory's: Muster's whole reading of a region, the SDK's paginator over the same listings, and the same pages
 * fetched and thrown away, by Node's `fetch` and by its older client. Each outcome names what was read, so that a run that
 * missed something cannot pass.
 */

import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { createClients } from '../../src/adapters/aws/clients.ts';
import { createEstateReader } from '../../src/adapters/aws/estate-reader.ts';
import { parseInstant } from '../../src/core/time.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { OBSERVED_AT, REGION } from './estate.ts';

/** Reads, and then names what was read: only the reading is timed. */
type Work = (input: readonly string[]) => Promise<() => string>;

const CREDENTIALS = { accessKeyId: 'AKIABENCH', secretAccessKey: 'not-a-secret' } as const;
const SNAPSHOT_TYPES = ['automated', 'manual'] as const;

/** By name; the first argument of each is the endpoint. */
export const CONTENDERS: Readonly<Record<string, Work>> = {
  muster: readInventory,
  sdk: paginate,
  plain: ([endpoint = '']) => fetchPages(overOneConnection(endpoint)),
  fetch: ([endpoint = '']) => fetchPages(withFetch(endpoint)),
};

/** Ids in, whatever their order, one short text out. */
export function digestOf(snapshots: readonly string[], databases: number): string {
  const digest = createHash('sha256')
    .update([...snapshots].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
  return `${databases} databases, ${snapshots.length} snapshots ${digest}`;
}

async function readInventory([endpoint = '']: readonly string[]): Promise<() => string> {
  const clients = createClients({ region: REGION, endpoint, credentials: CREDENTIALS });
  const inventory = await createEstateReader(clients).read(parseInstant(OBSERVED_AT, 'bench'));
  clients.close();
  return () => outcomeOf(inventory);
}

function outcomeOf(inventory: Inventory): string {
  const gaps = inventory.gaps.filter(({ action }) => action.startsWith('rds:'));
  if (gaps.length > 0) return `gaps: ${gaps.map(({ action, cause }) => `${action} ${cause}`).join('; ')}`;
  const kinds = ['system_snapshot', 'manual_snapshot'];
  const ids = inventory.recoveryPoints.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
  return digestOf(ids, inventory.databases.length);
}

async function paginate([endpoint = '']: readonly string[]): Promise<() => string> {
  const sdk = await import('@aws-sdk/client-rds');
  const client = new sdk.RDSClient({ region: REGION, endpoint, credentials: CREDENTIALS });
  let databases = 0;
  for await (const page of sdk.paginateDescribeDBInstances({ client, pageSize: 100 }, {})) {
    databases += page.DBInstances?.length ?? 0;
  }
  const ids: string[] = [];
  for (const SnapshotType of SNAPSHOT_TYPES) {
    for await (const page of sdk.paginateDescribeDBSnapshots({ client, pageSize: 100 }, { SnapshotType })) {
      for (const snapshot of page.DBSnapshots ?? []) ids.push(snapshot.DBSnapshotIdentifier ?? '');
    }
  }
  client.destroy();
  return () => digestOf(ids, databases);
}

/** Posts a form and gives the answer as text. */
interface Poster {
  readonly post: (form: string) => Promise<string>;
  readonly close: () => void;
}

/** One page after another, read as text of which only the marker is looked at: the least that reading can cost. */
async function fetchPages({ post, close }: Poster): Promise<() => string> {
  const listings = [
    'Action=DescribeDBInstances',
    ...SNAPSHOT_TYPES.map((type) => `Action=DescribeDBSnapshots&SnapshotType=${type}`),
  ];
  let characters = 0;
  let pages = 0;
  for (const listing of listings) {
    let marker: string | undefined = '';
    while (marker !== undefined) {
      const text = await post(
        `${listing}&Version=2014-10-31&MaxRecords=100${marker === '' ? '' : `&Marker=${marker}`}`,
      );
      characters += text.length;
      pages += 1;
      marker = /<Marker>(.*?)<\/Marker>/.exec(text)?.[1];
    }
  }
  close();
  return () => `${pages} pages, ${characters} characters`;
}

const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' } as const;

/** Node's own client and one connection, which costs half of what its `fetch` does. */
function overOneConnection(endpoint: string): Poster {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const post = (form: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { ...FORM_TYPE, 'content-length': form.length };
      const call = request(endpoint, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks).toString()));
        response.on('error', reject);
      });
      call.on('error', reject);
      call.end(form);
    });
  return { post, close: () => agent.destroy() };
}

/** Node's global `fetch`, as most scripts would. */
function withFetch(endpoint: string): Poster {
  const post = async (form: string): Promise<string> => {
    const answer = await fetch(endpoint, { method: 'POST', headers: FORM_TYPE, body: form });
    return answer.text();
  };
  return { post, close: () => {} };
}
