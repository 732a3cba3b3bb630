/**
 * The evidence of a case -> drill records, restore tests, remembered weakenings and states, and what the asker may call.
 */

import { authorityOfFile } from '../../../src/app/read-authority.ts';
import { readPolicyDocuments } from '../../../src/authority/policy-document.ts';
import { digestOf } from '../../../src/core/canonical.ts';
import { MusterError } from '../../../src/core/errors.ts';
import { addSeconds } from '../../../src/core/time.ts';
import type { DrillRecord } from '../../../src/drill/model.ts';
import type { Database, Inventory, RecoveryPoint, RestoreTest } from '../../../src/inventory/model.ts';
import type { Question } from '../../../src/verdict/decide.ts';
import type { SettingsMemory } from '../../../src/verdict/disarming-memory.ts';
import type { StateSighting } from '../../../src/verdict/state-history.ts';
import { aDrill, aRestoreTest } from '../../support/builders.ts';
import { instantOf, secondsOf } from './times.ts';
import type { EvidenceWords } from './vocabulary.ts';

/** What a question rests on beside the inventory, the change and the policy. */
export type Besides = Pick<Question, 'drills' | 'memory' | 'sightings' | 'authority'>;

/** The evidence that a case describes. */
export function besidesOf(words: EvidenceWords, inventory: Inventory, origin: string): Besides {
  const { drills = [], disarmed = [], states = [], authority } = words;
  return {
    drills: drills.map((drill, index) => drillOf(drill, index, inventory, origin)),
    memory: { disarmings: disarmed.map((one) => disarmingOf(one, inventory, origin)), rearmings: [] },
    sightings: states.map(({ lineage, serial, holds, judged }): StateSighting => {
      const ids = holds.map((name) => databaseNamed(name, inventory, origin).resourceId);
      const seen = { lineage, serial, databases: ids, forgets: [], released: [] };
      return { formatVersion: '1', at: instantOf(judged), endpoint: null, ...seen };
    }),
    authority: authority === undefined ? null : authorityFrom(authority),
  };
}

/** The inventory with the restore tests that AWS Backup carried out. */
export function withRestoreTests(inventory: Inventory, words: EvidenceWords, origin: string): Inventory {
  const restoreTests = (words['restore tests'] ?? []).map((test, index): RestoreTest => {
    const completedAt = instantOf(test.completed);
    return aRestoreTest(pointNamed(test.of, inventory, origin), {
      jobId: `JOB-${index + 1}`,
      createdAt: addSeconds(completedAt, -3_600),
      completedAt,
      validation: test.validation,
      validationMessage: test.message ?? null,
    });
  });
  return { ...inventory, restoreTests };
}

type DrillWords = NonNullable<EvidenceWords['drills']>[number];

function drillOf(words: DrillWords, index: number, inventory: Inventory, origin: string): DrillRecord {
  const database = databaseNamed(words.of, inventory, origin);
  const point = words.point === undefined ? undefined : pointNamed(words.point, inventory, origin);
  const endedAt = instantOf(words.ended);
  const { result = 'passed', grade = 'queried', resumed = 0 } = words;
  const seconds = words.took === undefined ? 720 : secondsOf(words.took);
  const passed = result === 'passed' || (result === 'leaked' && grade !== 'restored');
  const plain = aDrill(database);
  const [rows] = plain.probes;
  const record = {
    drillId: `drill-${index + 1}`,
    claim: words.claim,
    databaseResourceId: words['earlier id'] ?? database.resourceId,
    result,
    grade,
    endedAt,
    startedAt: addSeconds(endedAt, -seconds - 180),
    endpoint: words.endpoint ?? null,
    scope: { accountId: database.accountId, region: database.region },
    restoreSeconds: passed && resumed === 0 ? seconds : null,
    resumed,
    cause: words.cause ?? null,
    recoveryPoint:
      point === undefined
        ? { ...plain.recoveryPoint, id: 'of-then', arn: `${database.arn}:of-then` }
        : { id: point.id, arn: point.arn, kind: point.kind, dataAt: point.dataAt, lineage: [] },
    conditions: {
      ...plain.conditions,
      instanceClass: words.class ?? database.instanceClass ?? database.members[0]?.instanceClass ?? 'db.m6g.large',
      otherClass: words['other class'] ?? false,
      storageGib: words.gib ?? database.storageGib,
      region: database.region,
    },
    probes: grade === 'restored' || rows === undefined ? [] : [{ ...rows, passed }],
    scratch: plain.scratch.map((scratch) =>
      result === 'leaked'
        ? { ...scratch, end: 'leaked' as const, goneAt: null, reason: words.cause ?? null }
        : { ...scratch, goneAt: endedAt },
    ),
  };
  const { digest: _, ...whole } = aDrill(database, record);
  return { ...whole, digest: digestOf(whole) };
}

type DisarmedWords = NonNullable<EvidenceWords['disarmed']>[number];

function disarmingOf(
  { of, setting, from, to, judged, by, decision }: DisarmedWords,
  inventory: Inventory,
  origin: string,
): SettingsMemory['disarmings'][number] {
  const { arn, resourceId } = databaseNamed(of, inventory, origin);
  return {
    databaseResourceId: resourceId,
    databaseArn: arn,
    ...{ setting, subject: arn, from, to, decision },
    at: instantOf(judged),
    principal: by ?? inventory.principal.arn,
    changeDigest: digestOf('an earlier change'),
  };
}

function authorityFrom(policies: NonNullable<EvidenceWords['authority']>) {
  const documents = readPolicyDocuments(JSON.stringify(policies), 'asker.json');
  return authorityOfFile({ documents, boundary: null }, 'asker.json');
}

function databaseNamed(name: string, { databases }: Inventory, origin: string): Database {
  const found = databases.find(({ identifier }) => identifier === name);
  if (found === undefined)
    throw new MusterError('MUSTER_USAGE', `${origin}: evidence: the estate has no database ${name}`);
  return found;
}

function pointNamed(id: string, { recoveryPoints }: Inventory, origin: string): RecoveryPoint {
  const found = recoveryPoints.find((point) => point.id === id);
  if (found === undefined) throw new MusterError('MUSTER_USAGE', `${origin}: evidence: the estate has no point ${id}`);
  return found;
}
