/**
 * Somebody else in the account: does to the scratch of a drill what nobody should, with a key that is not Muster's.
 *
 * Whatever they touched is noted, because what is left of it is theirs to answer for; that it is named in the end is
 * Muster's.
 */

import { DeleteDBInstanceCommand, RestoreDBInstanceFromDBSnapshotCommand } from '@aws-sdk/client-rds';
import { NarrowRdsClient } from '../../../src/adapters/aws/narrow-protocol.ts';
import type { DrillPlan } from '../../../src/drill/drill-plan.ts';
import { logOf } from '../../../src/drill/journal.ts';
import type { SdkRequest } from '../../../src/lab/request-handler.ts';
import type { Chance } from './chance.ts';
import type { Shared } from './drill-runner.ts';

/** What they may do. */
export const DEEDS = ['rename', 'strip_tags', 'delete', 'replace', 'replace_with_tags', 'take_the_name'] as const;
export type Deed = (typeof DEEDS)[number];

/** A client of somebody else's. */
export interface ForeignHand {
  readonly rds: NarrowRdsClient;
  connect(shared: Shared): void;
}

/** Made once; speaks to the lab of the seed at hand. */
export function createForeignHand(): ForeignHand {
  let shared: Shared | null = null;
  const requestHandler = {
    metadata: { handlerProtocol: 'lab' },
    handle: (request: SdkRequest) => {
      if (shared === null) throw new Error('no lab is running');
      return shared.lab.requestHandler.handle(request);
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  };
  const credentials = { accessKeyId: 'AKIAFOREIGN', secretAccessKey: 'not-a-secret' };
  const rds = new NarrowRdsClient({
    region: 'eu-west-1',
    credentials,
    requestHandler: requestHandler as never,
    maxAttempts: 1,
  });
  return {
    rds,
    connect: (next) => {
      shared = next;
    },
  };
}

/**
 * Does one deed to the instance of a drill.
 *
 * @returns Whether anything was touched.
 */
export async function meddle(
  hand: ForeignHand,
  { lab, time, book, store }: Shared,
  { plan, deed: wanted, chance }: { readonly plan: DrillPlan; readonly deed: Deed; readonly chance: Chance },
): Promise<boolean> {
  const id = plan.ids.instance;
  const deed = plan.restore.by === 'vault' && wanted.startsWith('replace') ? 'delete' : wanted;
  const send = (call: () => Promise<unknown>) =>
    time.busy(hand, call).then(
      () => true,
      () => false,
    );
  const create = (tags: Readonly<Record<string, string>>) =>
    send(() =>
      hand.rds.send(
        new RestoreDBInstanceFromDBSnapshotCommand({
          DBInstanceIdentifier: id,
          DBSnapshotIdentifier: 'billing-production-before-2026-migration',
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        }),
      ),
    );
  const told = (done: boolean) => {
    book.lines.push(`${lab.now()} somebody else: ${deed} ${id}: ${done ? 'done' : 'refused'}`);
    return done;
  };
  const found = Object.values(lab.world().places)
    .flatMap(({ instances }) => instances)
    .find(({ identifier }) => identifier === id);
  if (deed === 'take_the_name') return told(await create({}));
  if (found === undefined) return told(false);
  switch (deed) {
    case 'rename': {
      const clusters = Object.values(lab.world().places).flatMap((place) => place.clusters);
      const cluster = clusters.find(({ identifier }) => identifier === plan.ids.cluster);
      return rename(hand, { lab, time, book }, { thing: cluster && chance.happens(0.5) ? cluster : found, chance });
    }
    case 'strip_tags':
      Object.assign(found, { tags: [] });
      return told(true);
    default: {
      const input = { DBInstanceIdentifier: id, SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
      const gone = await send(() => hand.rds.send(new DeleteDBInstanceCommand(input)));
      if (!gone || deed === 'delete') return told(gone);
      await time.until(hand, time.seconds() + 250 + chance.below(120));
      // A copy to the last tag can be told by AWS's own id alone, and only where that was written down before.
      const known = (logOf(await store.journalEntries(), plan.drillId)?.state.parts ?? []).some(
        (part) => part.role === 'instance' && part.resourceId !== null,
      );
      return told(await create(deed === 'replace_with_tags' && known ? plan.shape.tags : {})) || gone;
    }
  }
}

/**
 * The lab has no call that renames; the world is what such a call would leave. Sometimes they think better of it. What is
 * being deleted takes no modification. Source: Amazon RDS API, ModifyDBInstance, InvalidDBInstanceState.
 *
 * @returns Whether anything was renamed.
 */
async function rename(
  hand: ForeignHand,
  { lab, time, book }: Pick<Shared, 'lab' | 'time' | 'book'>,
  { thing, chance }: { readonly thing: Renamable; readonly chance: Chance },
): Promise<boolean> {
  const { identifier, resourceId } = thing;
  const call = (target: Renamable, name: string): boolean => {
    const takes = target.status !== 'deleting';
    const end = takes ? 'done' : 'refused';
    book.lines.push(`${lab.now()} somebody else: rename ${target.identifier} to ${name}: ${end}`);
    if (takes) Object.assign(target, { identifier: name });
    return takes;
  };
  if (!call(thing, `renamed-${identifier}`)) return false;
  if (!chance.happens(0.3)) return true;
  await time.until(hand, time.seconds() + 60 + chance.below(chance.pick([600, 7_200])));
  const all = Object.values(lab.world().places).flatMap(({ instances, clusters }) => [...instances, ...clusters]);
  const now = all.find((candidate) => candidate.resourceId === resourceId);
  if (now !== undefined && all.every((other) => other.identifier !== identifier)) call(now, identifier);
  return true;
}

type Renamable = { readonly identifier: string; readonly resourceId: string; readonly status: string };
