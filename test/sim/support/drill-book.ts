/**
 * What Muster truly did in the lab: seen from the lab's side, request by request, believing nothing that Muster says.
 *
 * A thing is Muster's when a request with one of its keys made it, or a restore job that such a request began. Whatever
 * else a changing request is aimed at is a breach, carried out or not.
 */

import type { Instant } from '../../../src/core/time.ts';
import { type LedgerEntry, ledger } from '../../../src/lab/ledger.ts';
import type { SdkRequest, VirtualLab } from '../../../src/lab/request-handler.ts';
import type { World } from '../../../src/lab/world.ts';
import { MUSTER_KEYS } from './drill-clients.ts';

/** Something of an account that stands, or stood. */
export interface Thing {
  /** AWS's own id; of a snapshot the id of its volume, which is never given twice. */
  readonly identity: string;
  readonly kind: 'instance' | 'cluster' | 'snapshot' | 'cluster_snapshot';
  readonly identifier: string;
  readonly arn: string;
}

/** One request of Muster's that made something. */
export interface Making {
  readonly at: Instant;
  readonly thing: Thing;
  /** The body of the request, or what the job was told. */
  readonly said: string;
}

/** Keeps the book of one lab. */
export class DrillBook {
  readonly #lab: VirtualLab;
  readonly #makings: Making[] = [];
  readonly #begun = new Map<string, { readonly at: Instant; readonly said: string }>();
  readonly breaches: string[] = [];
  readonly lines: string[] = [];
  #entriesSeen = 0;

  constructor(lab: VirtualLab) {
    this.#lab = lab;
  }

  /** Carries a request of Muster's out, and writes down what came of it. */
  async carryOut(who: string, request: SdkRequest): ReturnType<VirtualLab['requestHandler']['handle']> {
    if (reads(request)) return this.#lab.requestHandler.handle(request);
    const before = this.#lab.world();
    this.#entriesSeen = lengthOf(before);
    try {
      return await this.#lab.requestHandler.handle(request);
    } finally {
      this.#compare(who, before, this.#lab.world(), saidIn(request));
    }
  }

  /** Everything that Muster made, jobs' databases included. */
  makings(): readonly Making[] {
    const jobs = Object.values(this.#lab.world().places).flatMap(({ restoreJobs }) => restoreJobs);
    const byJob = jobs.flatMap(({ id, created }): Making[] => {
      const begun = this.#begun.get(id);
      if (begun === undefined || created === null) return [];
      const thing = this.standing().find(({ identity }) => identity === created.resourceId) ?? {
        identity: created.resourceId,
        kind: created.arn.includes(':cluster:') ? 'cluster' : 'instance',
        identifier: created.arn.split(':').at(-1) ?? '',
        arn: created.arn,
      };
      return [{ ...begun, thing }];
    });
    return [...this.#makings, ...byJob];
  }

  isMade(identity: string): boolean {
    return this.makings().some(({ thing }) => thing.identity === identity);
  }

  /** Everything that stands in the lab now. */
  standing(): readonly Thing[] {
    return thingsIn(this.#lab.world());
  }

  #compare(who: string, before: World, after: World, said: string): void {
    const at = this.#lab.now();
    const earlier = new Set(thingsIn(before).map(({ identity }) => identity));
    for (const entry of ledger(after).slice(this.#entriesSeen)) {
      if (!entry.accessKeyId.startsWith(MUSTER_KEYS)) continue;
      this.lines.push(
        `${at} ${who} ${entry.action} ${entry.target?.split(':').slice(5).join(':') ?? ''} ${entry.outcome}`,
      );
      if (!makes(entry)) this.#holdOwn(who, before, entry);
    }
    for (const thing of thingsIn(after)) {
      if (!earlier.has(thing.identity)) this.#makings.push({ at, thing, said });
    }
    for (const { restoreJobs } of Object.values(after.places)) {
      for (const { id } of restoreJobs) {
        const known = Object.values(before.places).some((place) => place.restoreJobs.some((job) => job.id === id));
        if (!known) this.#begun.set(id, { at, said });
      }
    }
  }

  #holdOwn(who: string, before: World, { action, target, outcome, at }: LedgerEntry): void {
    const aimed = thingsIn(before).find(({ arn }) => arn === target);
    if (aimed === undefined || this.isMade(aimed.identity)) return;
    this.breaches.push(`${at}: ${who} sent ${action} at ${target} (${aimed.identity}, ${outcome}), not of its making`);
  }
}

function makes({ action }: LedgerEntry): boolean {
  return /^(?:Restore|CreateDBInstance$|Copy|StartRestoreJob$)/.test(action);
}

function reads(request: SdkRequest): boolean {
  if (request.method === 'GET') return true;
  return /(?:^|&)Action=(?:Describe|List)/.test(saidIn(request));
}

function saidIn({ body }: SdkRequest): string {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function lengthOf({ ledger: chain }: World): number {
  let length = 0;
  for (let link = chain; link !== null; link = link.earlier) length += 1;
  return length;
}

/** Everything of a world that can be made and deleted. */
export function thingsIn(world: World): readonly Thing[] {
  return Object.values(world.places).flatMap(({ scope, instances, clusters, snapshots }) => {
    const arn = (type: string, id: string) => `arn:aws:rds:${scope.region}:${scope.accountId}:${type}:${id}`;
    return [
      ...instances.map(({ identifier, resourceId }): Thing => {
        return { identity: resourceId, kind: 'instance', identifier, arn: arn('db', identifier) };
      }),
      ...clusters.map(({ identifier, resourceId }): Thing => {
        return { identity: resourceId, kind: 'cluster', identifier, arn: arn('cluster', identifier) };
      }),
      ...snapshots.map(({ identifier, kind, volumeId, createdAt }): Thing => {
        const type = kind === 'db' ? 'snapshot' : 'cluster-snapshot';
        const identity = `${kind} ${volumeId} ${createdAt}`;
        const ours = kind === 'db' ? 'snapshot' : 'cluster_snapshot';
        return { identity, kind: ours, identifier, arn: arn(type, identifier) };
      }),
    ];
  });
}
