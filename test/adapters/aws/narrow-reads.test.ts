/**
 * Reading some databases only: whatever they are judged by is the same as in a reading of everything, and little is read.
 *
 * Real SDK clients against one virtual lab that holds three places. Each database of each estate is deleted, disarmed and
 * made to lose a snapshot on paper, once by the whole and once by the narrow reading.
 */

import process from 'node:process';
import { describe, expect, it } from 'vitest';
import type { Clients } from '../../../src/adapters/aws/clients.ts';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import { createPlaceReader } from '../../../src/adapters/aws/place-reader.ts';
import { createMemoryStore } from '../../../src/adapters/store/memory-store.ts';
import { decide } from '../../../src/app/decide-change.ts';
import { decideNow } from '../../../src/app/decide-now.ts';
import type { Clock, Reach } from '../../../src/app/ports.ts';
import { addSeconds } from '../../../src/core/time.ts';
import type { Intent } from '../../../src/intent/action.ts';
import type { Database, Inventory } from '../../../src/inventory/model.ts';
import type { EstateInput } from '../../../src/lab/world.ts';
import { DEFAULT_POLICY as POLICY } from '../../../src/policy/schema.ts';
import type { DecisionDocument, VerdictWord } from '../../../src/verdict/document.ts';
import { labClients, START, type Tamper } from '../../support/aws-lab.ts';
import { aDrill, anIntent, aTarget, deletionOf, theDelete } from '../../support/builders.ts';
import { crowdedEstate } from '../../support/crowded-lab.ts';
import { EXTERNAL_ID, ROLE, threePlaces } from '../../support/lab-places.ts';

/** `MUSTER_NARROW_SEEDS=20` looks longer, and at every change to every database. */
const SEEDS = Number(process.env['MUSTER_NARROW_SEEDS'] ?? '1');
const ALL = SEEDS > 1;

const EVERYWHERE: Reach = { regions: ['eu-west-1', 'us-east-1'], roleArns: [ROLE], externalId: EXTERNAL_ID };
const STILL: Clock = { now: () => START, elapsed: () => 0, sleep: () => new Promise(() => {}) };
const abroad = { reach: EVERYWHERE, clock: STILL };

/** Decides by the whole, read now; and by a narrow reading, the whole being of yesterday. */
async function decidedBoth(intent: Intent, whole: Inventory, clients: Clients) {
  const clock = STILL;
  const store = async () => {
    const empty = createMemoryStore({ now: clock.now });
    for (const database of whole.databases) {
      const drillId = `drill-${database.resourceId}-${database.region}-${database.accountId}`;
      await empty.recordDrill({
        ...aDrill(database),
        drillId,
        endpoint: whole.endpoint,
        endedAt: addSeconds(START, -60),
      });
    }
    return empty;
  };
  const yesterday = { ...whole, observedAt: addSeconds(START, -86_400) };
  const byWhole = await decide({ intent, inventory: whole, policy: POLICY }, { clock, store: await store() });
  const byNarrow = await decideNow(
    { read: () => intent, policy: POLICY, principal: null },
    {
      known: { current: () => Promise.resolve({ inventory: yesterday, outdated: [] }) },
      places: () => Promise.resolve(createPlaceReader(clients, abroad)),
      authority: () => Promise.reject(new Error('nobody asked')),
      clock,
      store: await store(),
    },
  );
  return { byWhole: comparable(byWhole), byNarrow: comparable(byNarrow), verdict: byWhole.verdict };
}

/** Without what names everything that was read, and without how often a thing that could not be joined was seen in it. */
function comparable({ inventoryDigest: _, ...document }: DecisionDocument): unknown {
  const text = JSON.stringify({ ...document, basis: document.databases.length === 0 ? null : document.basis });
  return JSON.parse(text.replaceAll(/No(VaultEntry|ResourceId): [^)"]*/g, 'No$1'));
}

/** What somebody may be about to do to a database, by name, by id, and under a name taken for another. */
function changesTo(database: Database, { recoveryPoints }: Inventory): readonly Intent[] {
  const { accountId, region, identifier } = database;
  const bare = { ...aTarget(database), arn: null, resourceId: null, scope: null, identifier };
  const manual = recoveryPoints.find(
    ({ databaseResourceId, kind }) => databaseResourceId === database.resourceId && kind === 'manual_snapshot',
  );
  const kind = database.kind === 'rds_instance' ? 'modify_db_instance' : 'modify_db_cluster';
  const deletion = theDelete(database, { skipFinalSnapshot: true });
  return [
    anIntent(deletionOf(database)),
    anIntent([theDelete(database, { skipFinalSnapshot: false, finalSnapshotId: `${identifier}-final` })]),
    ...(deletion.kind === 'delete_db_instance' || deletion.kind === 'delete_db_cluster'
      ? [anIntent([{ ...deletion, target: bare }])]
      : []),
    anIntent([{ kind, target: { ...bare, scope: { accountId, region } }, change: { retentionDays: 0 } }]),
    ...(manual === undefined
      ? []
      : [
          anIntent([
            {
              kind: manual.ofCluster ? 'delete_db_cluster_snapshot' : 'delete_db_snapshot',
              target: { ...bare, identifier: manual.id },
            },
          ]),
        ]),
    anIntent([{ kind: 'create_database', target: bare }]),
  ];
}

async function expectSame(estate: (at: typeof START) => EstateInput, tamper?: Tamper): Promise<readonly VerdictWord[]> {
  const { clients } = labClients(estate, tamper === undefined ? {} : { tamper });
  const whole = await createEstateReader(clients, abroad).read(START);
  const verdicts: VerdictWord[] = [];
  for (const [index, database] of whole.databases.entries()) {
    const changes = changesTo(database, whole);
    // Each database meets another of them, unless all are asked for.
    for (const intent of ALL ? changes : [changes[index % changes.length] as Intent]) {
      const { byWhole, byNarrow, verdict } = await decidedBoth(intent, whole, clients);
      expect(byNarrow, `${database.arn} ${intent.actions[0]?.kind}`).toEqual(byWhole);
      verdicts.push(verdict);
    }
  }
  return verdicts;
}

describe('a change is judged by a reading of its databases as by a reading of everything', () => {
  it('in three places of two accounts', async () => {
    expect(await expectSame(threePlaces)).toHaveLength(ALL ? 16 : 3);
  });

  it('in estates where names mislead', { timeout: 60_000 * SEEDS }, async () => {
    const verdicts: VerdictWord[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      verdicts.push(...(await expectSame((at) => crowdedEstate(at, seed))));
    }
    expect(new Set(verdicts)).toContain('ready');
  });
});
