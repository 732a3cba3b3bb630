/**
 * The only module of Muster's work that can change or remove anything in AWS, and that only with the guard's proof.
 *
 * Each call looks anew before it acts and believes the proof no further than what AWS shows bears it out: the name bears
 * Muster's prefix, the tags name the drill of the proof, and AWS's own id is the one that was proven. A look that does not
 * bear the proof out ends in a refusal, and nothing is touched.
 * Source: aws-backup-facts.md 2.1, 2.2 and 2.4 (deletion), 4.2 (password, what a removal must say), 4.4 (tagging); Aurora
 * User Guide, "Limitations for stopping and starting Aurora DB clusters", "Deleting a stopped Aurora cluster".
 */

import type { ScratchHands } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import type { ScratchKind } from '../../drill/model.ts';
import type { Clients } from './clients.ts';
import { answerOf, changingCalls, type Outcome, type ScratchCalls } from './scratch-calls.ts';
import { SCRATCH_MARKS, type ScratchEyes, type Sighting } from './scratch-view.ts';

type ScratchProof = Parameters<ScratchHands['remove']>[0];

/** Leaves no final snapshot and no retained backup behind; each would count against a quota of 40 or 100. */
const LEAVING_NOTHING = { SkipFinalSnapshot: true, DeleteAutomatedBackups: true } as const;
const ON_THE_WAY_OUT = 'deleting';
const AT_REST = 'stopped';
const ON_THE_WAY_TO_REST: readonly string[] = ['stopping', AT_REST];

/** Hands for the account and region that the clients are set up for. */
export function createScratchHands(clients: Clients, eyes: ScratchEyes): ScratchHands {
  const calls = changingCalls(clients);
  return {
    mark: async (proof, tags) => {
      if (!namesDrill(tags, proof.drillId))
        throw refusal(proof, `the tags to be written do not name drill ${proof.drillId}`);
      const { arn } = await standing(eyes, proof, 'mark');
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const send = calls.rds('AddTagsToResource', (sdk, rds) =>
        rds.send(new sdk.AddTagsToResourceCommand({ ResourceName: arn, Tags })),
      );
      answerOf<unknown>(await send);
    },
    setPassword: async (proof, password) => {
      await standing(eyes, proof, 'all');
      answerOf(await sendPassword(calls, proof, password));
    },
    stop: async (proof) => {
      const { view } = await standing(eyes, proof, 'all');
      if (!ON_THE_WAY_TO_REST.includes(view.status)) answerOf(await sendStop(calls, proof));
    },
    remove: async (proof) => {
      const seen = await look(eyes, proof, 'all');
      // Already gone, or on its way: a second removal would only be refused.
      if (seen === null || seen.view.status === ON_THE_WAY_OUT) return;
      const stopped = await stoppedCluster(eyes, proof, seen);
      if (stopped !== null) {
        answerOf(await sendStart(calls, stopped));
        throw new MusterError(
          'MUSTER_AWS_UNAVAILABLE',
          `cluster ${stopped} was stopped: it is removed once it has started`,
        );
      }
      const outcome = await sendRemoval(calls, proof);
      if (outcome.kind !== 'not_found') answerOf(outcome);
    },
  };
}

/** What the proof is of, as AWS shows it now. @throws MusterError when it is gone or is not what was proven. */
async function standing(eyes: ScratchEyes, proof: ScratchProof, doing: ScratchProof['allows']): Promise<Sighting> {
  const seen = await look(eyes, proof, doing);
  if (seen === null) throw refusal(proof, 'it is gone');
  return seen;
}

/** The same, but null when it is gone. */
async function look(eyes: ScratchEyes, proof: ScratchProof, doing: ScratchProof['allows']): Promise<Sighting | null> {
  const { kind, id, drillId, resourceId, allows } = proof;
  if (!id.startsWith(SCRATCH_MARKS.prefix))
    throw refusal(proof, `its name does not bear the prefix ${SCRATCH_MARKS.prefix}`);
  if (drillId === '') throw refusal(proof, 'the proof names no drill');
  if (allows !== 'all' && doing !== 'mark')
    throw refusal(proof, 'the proof allows the writing of tags and nothing else');
  const seen = await eyes.see(kind, id);
  if (seen === null) return null;
  const { tags } = seen.view;
  if (resourceId !== null && seen.view.resourceId !== resourceId) {
    throw refusal(
      proof,
      `it is another one of the same name: ${resourceId} was proven, ${seen.view.resourceId} is there`,
    );
  }
  if (doing === 'mark') {
    const other = tags[SCRATCH_MARKS.drill] ?? drillId;
    if (other !== drillId) throw refusal(proof, 'its tags name another drill');
  } else if (!namesDrill(tags, drillId)) {
    throw refusal(proof, `its tags do not name drill ${drillId}`);
  }
  return seen;
}

/** The cluster that must be started first: a stopped one neither goes nor lets its members go. */
async function stoppedCluster(eyes: ScratchEyes, proof: ScratchProof, seen: Sighting): Promise<string | null> {
  if (seen.view.status !== AT_REST) return null;
  if (proof.kind === 'cluster') return proof.id;
  if (seen.clusterId === null) return null;
  const cluster = await look(eyes, { ...proof, kind: 'cluster', id: seen.clusterId, resourceId: null }, 'all');
  return cluster?.view.status === AT_REST ? seen.clusterId : null;
}

function namesDrill(tags: Readonly<Record<string, string>>, drillId: string): boolean {
  return tags[SCRATCH_MARKS.scratch] === 'true' && tags[SCRATCH_MARKS.drill] === drillId;
}

function refusal({ kind, id }: ScratchProof, why: string): MusterError {
  return new MusterError('MUSTER_DRILL_FAILED', `${kind.replaceAll('_', ' ')} ${id} is left alone: ${why}`);
}

type Sent = Promise<Outcome<unknown>>;

function sendPassword(calls: ScratchCalls, proof: ScratchProof, password: string): Sent {
  const change = { MasterUserPassword: password, ApplyImmediately: true };
  switch (database(proof, 'has no password')) {
    case 'cluster': {
      const input = { DBClusterIdentifier: proof.id, ...change };
      return calls.rds('ModifyDBCluster', (sdk, rds) => rds.send(new sdk.ModifyDBClusterCommand(input)), {
        secret: true,
      });
    }
    case 'instance': {
      const input = { DBInstanceIdentifier: proof.id, ...change };
      return calls.rds('ModifyDBInstance', (sdk, rds) => rds.send(new sdk.ModifyDBInstanceCommand(input)), {
        secret: true,
      });
    }
  }
}

function sendStop(calls: ScratchCalls, proof: ScratchProof): Sent {
  const { id } = proof;
  switch (database(proof, 'cannot be stopped')) {
    case 'cluster':
      return calls.rds('StopDBCluster', (sdk, rds) =>
        rds.send(new sdk.StopDBClusterCommand({ DBClusterIdentifier: id })),
      );
    case 'instance':
      return calls.rds('StopDBInstance', (sdk, rds) =>
        rds.send(new sdk.StopDBInstanceCommand({ DBInstanceIdentifier: id })),
      );
  }
}

function sendStart(calls: ScratchCalls, id: string): Sent {
  return calls.rds('StartDBCluster', (sdk, rds) =>
    rds.send(new sdk.StartDBClusterCommand({ DBClusterIdentifier: id })),
  );
}

function sendRemoval(calls: ScratchCalls, { kind, id }: ScratchProof): Sent {
  switch (kind) {
    case 'cluster': {
      const input = { DBClusterIdentifier: id, ...LEAVING_NOTHING };
      return calls.rds('DeleteDBCluster', (sdk, rds) => rds.send(new sdk.DeleteDBClusterCommand(input)));
    }
    case 'instance': {
      const input = { DBInstanceIdentifier: id, ...LEAVING_NOTHING };
      return calls.rds('DeleteDBInstance', (sdk, rds) => rds.send(new sdk.DeleteDBInstanceCommand(input)));
    }
    case 'snapshot':
      return calls.rds('DeleteDBSnapshot', (sdk, rds) =>
        rds.send(new sdk.DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id })),
      );
    case 'cluster_snapshot':
      return calls.rds('DeleteDBClusterSnapshot', (sdk, rds) =>
        rds.send(new sdk.DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: id })),
      );
  }
}

function database(proof: ScratchProof, lacks: string): Extract<ScratchKind, 'cluster' | 'instance'> {
  if (proof.kind === 'cluster' || proof.kind === 'instance') return proof.kind;
  throw refusal(proof, `a snapshot ${lacks}`);
}
