/**
 * The operator of a place: whose credentials work there, which faults are worth another try, and how often a call is sent.
 */

import { describe, expect, it } from 'vitest';
import { createScratchOperator, createScratchOperators, homeOf } from '../../../src/adapters/aws/scratch-operator.ts';
import { MusterError } from '../../../src/core/errors.ts';
import { type Call, labClients, queryError, START, type Tamper } from '../../support/aws-lab.ts';
import { ABROAD, EXTERNAL_ID, HOME, OTHER, ROLE, threePlaces } from '../../support/lab-places.ts';
import { aPlan, aScratchBench, ID, proofOf } from '../../support/scratch-bench.ts';

describe('an operator for a place', () => {
  function places(
    tamper: Tamper = () => null,
    roleArns: readonly string[] = [ROLE],
    externalId: string | null = EXTERNAL_ID,
  ) {
    const sent: Call[] = [];
    const { clients } = labClients(threePlaces, {
      tamper: (call) => {
        sent.push(call);
        return tamper(call);
      },
    });
    return { sent, operatorAt: createScratchOperators(clients, { roleArns, externalId, now: () => START }) };
  }
  const keyOf = ({ accessKeyId }: Call) => (accessKeyId.startsWith('ASIA') ? 'assumed' : 'own');

  it.each([
    ['home', HOME, 'own'],
    ['another region', ABROAD, 'own'],
    ['another account', OTHER, 'assumed'],
  ] as const)('asks in that place, with that account’s credentials: %s', async (_, scope, key) => {
    const { sent, operatorAt } = places();
    const operator = await operatorAt(scope);
    const before = sent.length;
    await operator.describe('instance', ID);
    await operator
      .restoreInstance(aPlan('instance', { restore: { by: 'snapshot', snapshot: 'no-such', bring: null } }))
      .catch(() => null);
    expect(sent.slice(before).map((call) => [call.action, call.region, keyOf(call)])).toEqual([
      ['DescribeDBInstances', scope.region, key],
      ['RestoreDBInstanceFromDBSnapshot', scope.region, key],
    ]);
  });

  it('works there: what is made abroad is made abroad alone', async () => {
    const { operatorAt } = places();
    const plan = aPlan('instance', { restore: { by: 'snapshot', snapshot: 'billing-abroad', bring: null } });
    const abroad = await operatorAt(ABROAD);
    await abroad.restoreInstance(plan);
    expect((await abroad.marked()).map(({ id }) => id)).toEqual([ID]);
    expect(await (await operatorAt(HOME)).marked()).toEqual([]);
    expect(await (await operatorAt(OTHER)).marked()).toEqual([]);
  });

  it('is made once, and asks once whose credentials these are', async () => {
    const { sent, operatorAt } = places();
    const [first, second] = await Promise.all([operatorAt(OTHER), operatorAt({ ...OTHER })]);
    expect(second).toBe(first);
    await operatorAt({ ...OTHER, region: 'us-east-1' });
    const asked = sent.map((call) => `${call.action} ${keyOf(call)} ${call.region}`);
    expect(asked).toEqual([
      'GetCallerIdentity own eu-west-1',
      'AssumeRole own eu-west-1',
      'GetCallerIdentity assumed eu-west-1',
      'GetCallerIdentity assumed us-east-1',
    ]);
  });

  it('is refused where no role of the account is named, naming both accounts', async () => {
    const { sent, operatorAt } = places(() => null, []);
    await expect(operatorAt(OTHER)).rejects.toMatchObject({
      code: 'MUSTER_ACCESS_DENIED',
      message: expect.stringMatching(/of account 123456789012, but the restore takes place in 999988887777/),
    });
    expect(sent.map(({ action }) => action)).toEqual(['GetCallerIdentity']);
  });

  it('is refused where the credentials turn out to be of another account, naming both', async () => {
    const body = (account: string) =>
      `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account><Arn>arn:aws:iam::${account}:user/x</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
    const { operatorAt } = places((call) =>
      call.action === 'GetCallerIdentity' && keyOf(call) === 'assumed'
        ? { status: 200, body: body('111122223333') }
        : null,
    );
    await expect(operatorAt(OTHER)).rejects.toMatchObject({
      code: 'MUSTER_ACCESS_DENIED',
      message: 'the credentials are of account 111122223333, but the restore takes place in 999988887777',
    });
  });

  it('is refused where the role may not be assumed, and asked for anew the next time', async () => {
    let refuses = true;
    const { operatorAt } = places(({ action }) =>
      refuses && action === 'AssumeRole' ? queryError(403, 'AccessDenied') : null,
    );
    await expect(operatorAt(OTHER)).rejects.toMatchObject({
      code: 'MUSTER_ACCESS_DENIED',
      message: expect.stringContaining('sts:AssumeRole'),
    });
    refuses = false;
    expect(await (await operatorAt(OTHER)).describe('instance', ID)).toBeNull();
  });
});

it('the clients’ own place is what AWS says of their credentials, in their region', async () => {
  expect(await homeOf(labClients(threePlaces, { region: ABROAD.region }).clients)).toEqual(ABROAD);
  const { clients } = labClients('datatalks', {
    tamper: () => ({ status: 200, body: '<GetCallerIdentityResponse/>' }),
  });
  await expect(homeOf(clients)).rejects.toMatchObject({ code: 'MUSTER_ENDPOINT_UNREACHABLE' });
});

describe('a fault is worth another try', () => {
  const WAITING = [
    ['InvalidDBInstanceState', 400],
    ['InvalidDBClusterStateFault', 400],
    ['InvalidDBSnapshotState', 400],
    ['InvalidDBClusterSnapshotStateFault', 400],
    ['InsufficientDBInstanceCapacity', 400],
    ['InsufficientDBClusterCapacityFault', 403],
    ['InsufficientStorageClusterCapacity', 400],
    ['CopyAlreadyInProgress', 400],
    ['ExpiredToken', 403],
    ['RequestExpired', 400],
    ['Throttling', 400],
    ['RequestLimitExceeded', 503],
    ['ServiceUnavailable', 503],
    ['InternalFailure', 500],
    ['AnythingElse', 502],
  ] as const;
  const LASTING = [
    ['InstanceQuotaExceeded', 400, 'MUSTER_DRILL_FAILED'],
    ['StorageQuotaExceeded', 400, 'MUSTER_DRILL_FAILED'],
    ['DBClusterQuotaExceededFault', 403, 'MUSTER_DRILL_FAILED'],
    ['SnapshotQuotaExceeded', 400, 'MUSTER_DRILL_FAILED'],
    ['InvalidParameterValue', 400, 'MUSTER_DRILL_FAILED'],
    ['InvalidParameterCombination', 400, 'MUSTER_DRILL_FAILED'],
    ['DBSnapshotNotFound', 404, 'MUSTER_DRILL_FAILED'],
    ['KMSKeyNotAccessibleFault', 400, 'MUSTER_DRILL_FAILED'],
    ['PointInTimeRestoreNotEnabled', 400, 'MUSTER_DRILL_FAILED'],
    ['AccessDenied', 403, 'MUSTER_ACCESS_DENIED'],
    ['InvalidClientTokenId', 403, 'MUSTER_CREDENTIALS_MISSING'],
  ] as const;
  const restoring = (status: number, code: string) =>
    aScratchBench({ tamper: ({ action }) => (action.startsWith('Restore') ? queryError(status, code) : null) })
      .operator.restoreInstance(aPlan('instance'))
      .catch((error: unknown) => error);

  it.each(WAITING)('%s', async (code, status) => {
    const error = await restoring(status, code);
    expect(error).toBeInstanceOf(MusterError);
    expect(error).toMatchObject({
      code: 'MUSTER_AWS_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('rds:Restore'),
    });
  });

  it.each(LASTING)('but not %s', async (code, status, expected) => {
    const error = await restoring(status, code);
    expect(error).toMatchObject({ code: expected, retryable: false });
    expect(error).toMatchObject({ message: expect.stringMatching(/rds:RestoreDBInstanceFromDBSnapshot.*/) });
    expect(error).toMatchObject({ message: expect.stringContaining(code) });
  });

  it('a quota is told as one', async () => {
    expect(await restoring(403, 'DBClusterQuotaExceededFault')).toMatchObject({
      message:
        'rds:RestoreDBInstanceFromDBSnapshot was refused, a quota of the account is used up: DBClusterQuotaExceededFault (HTTP 403): refused by the test',
    });
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE'])('and so is a way that fails: %s', async (code) => {
    const { operator } = aScratchBench({
      tamper: ({ action }) => {
        if (!action.startsWith('Restore')) return null;
        throw Object.assign(new Error(`connect ${code}`), { code });
      },
    });
    await expect(operator.restoreInstance(aPlan('instance'))).rejects.toMatchObject({
      code: 'MUSTER_ENDPOINT_UNREACHABLE',
      retryable: true,
    });
  });

  it('and so is the state that refuses a password, told without AWS’s words', async () => {
    const { operator } = aScratchBench({
      tamper: ({ action }) =>
        action === 'ModifyDBInstance' ? queryError(400, 'InvalidDBInstanceState', 'canary') : null,
    });
    await operator.restoreInstance(aPlan('instance'));
    await expect(
      operator.setPassword(await proofOf(operator, 'instance', ID), 'a-fresh-password'),
    ).rejects.toMatchObject({
      retryable: true,
      message: 'rds:ModifyDBInstance is not possible yet: InvalidDBInstanceStateFault (HTTP 400)',
    });
  });

  it('and so is a stop while the scratch is still being made', async () => {
    const { operator, writes } = aScratchBench();
    await operator.restoreCluster(aPlan('cluster'));
    await expect(operator.stop(await proofOf(operator, 'cluster', ID))).rejects.toMatchObject({ retryable: true });
    expect(writes().at(-1)).toBe(`StopDBCluster ${ID}`);
  });
});

describe('a call that', () => {
  function patient(failing: string) {
    const sent: string[] = [];
    const { clients } = labClients('datatalks', {
      tamper: ({ action }) => {
        sent.push(action);
        return action === failing ? queryError(503, 'ServiceUnavailable') : null;
      },
    });
    return { sent, operator: createScratchOperator(clients.elsewhere({ attemptsMax: 2 })) };
  }

  it('makes or changes something is sent once', async () => {
    const { sent, operator } = patient('RestoreDBInstanceFromDBSnapshot');
    await expect(operator.restoreInstance(aPlan('instance'))).rejects.toMatchObject({ retryable: true });
    expect(sent).toEqual(['RestoreDBInstanceFromDBSnapshot']);
  });

  it('changes something is sent once', async () => {
    const { sent, operator } = patient('DeleteDBInstance');
    await operator.restoreInstance(aPlan('instance'));
    const proof = await proofOf(operator, 'instance', ID);
    await expect(operator.remove(proof)).rejects.toMatchObject({ retryable: true });
    expect(sent.filter((action) => action === 'DeleteDBInstance')).toHaveLength(1);
  });

  it('reads is sent again by the SDK', async () => {
    const { sent, operator } = patient('DescribeDBInstances');
    await expect(operator.describe('instance', ID)).rejects.toMatchObject({ retryable: true });
    expect(sent).toEqual(['DescribeDBInstances', 'DescribeDBInstances']);
  });
});
