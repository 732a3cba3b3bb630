/**
 * `muster gate kubernetes`, `cloudformation` and `cleaner` as a hook would call them: the built CLI, a lab over HTTP.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { CLUSTER, createSandbox, type Sandbox, settingsOf } from '../support/cli.ts';

const CANARY = 'CANARY-doc-41';

let lab: Lab;
let sandbox: Sandbox;

beforeAll(async () => {
  lab = await startLab({ estate: 'datatalks' });
  sandbox = createSandbox(settingsOf(lab));
});

afterAll(async () => {
  sandbox.close();
  await lab.close();
});

async function gate(kind: string, content: string, ...options: readonly string[]) {
  const path = sandbox.file(`${kind}.txt`, content);
  const { exit, stdout, stderr } = await sandbox.run(['gate', kind, path, '--json', ...options]);
  return { exit, stdout, stderr, document: stdout === '' ? null : JSON.parse(stdout) };
}

const review = (annotations: Record<string, string>) =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'r',
      operation: 'DELETE',
      object: null,
      oldObject: {
        apiVersion: 'rds.services.k8s.aws/v1alpha1',
        kind: 'DBCluster',
        metadata: { name: 'courses', namespace: 'shop', uid: 'u', annotations },
        spec: { dbClusterIdentifier: CLUSTER, masterUserPassword: { name: CANARY } },
      },
    },
  });

const changeSet = JSON.stringify({
  StackName: 'courses',
  Status: 'CREATE_COMPLETE',
  Changes: [
    {
      ResourceChange: {
        Action: 'Remove',
        LogicalResourceId: 'Database',
        PhysicalResourceId: CLUSTER,
        ResourceType: 'AWS::RDS::DBCluster',
        BeforeContext: JSON.stringify({ Properties: { MasterUserPassword: CANARY }, DeletionPolicy: 'Delete' }),
      },
    },
  ],
});

const template = `Resources:\n  Database:\n    Type: AWS::RDS::DBCluster\n    Properties:\n      DBClusterIdentifier: ${CLUSTER}\n      MasterUserPassword: ${CANARY}\n`;
const policy = `policies: [{name: tidy, resource: aws.rds-cluster, filters: [{"tag:x": ${CANARY}}, {DBClusterIdentifier: ${CLUSTER}}], actions: [delete]}]`;

describe('a document that deletes a database without survivors', () => {
  it.each([
    ['kubernetes', review({ 'rds.services.k8s.aws/delete-automated-backups': 'true' }), []],
    ['cloudformation', changeSet, []],
    ['cloudformation', template, ['--delete']],
    ['cleaner', policy.replace(`{"tag:x": ${CANARY}}, `, ''), []],
  ])('for %s is blocked, and names the database and no secret (%#)', async (kind, content, options) => {
    const { exit, document, stdout, stderr } = await gate(kind, content, ...options);
    expect(exit).toBe(1);
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready' });
    expect(document.databases).toMatchObject([{ identifier: CLUSTER }]);
    expect(stdout + stderr + sandbox.everything()).not.toContain(CANARY);
  });
});

describe('a document that concerns no database', () => {
  it.each([
    ['kubernetes', review({ 'services.k8s.aws/deletion-policy': 'retain' })],
    ['kubernetes', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}'],
    ['cloudformation', changeSet.replace('"DeletionPolicy\\":\\"Delete', '"DeletionPolicy\\":\\"Retain')],
    ['cleaner', policy],
  ])('for %s is allowed (%#)', async (kind, content) => {
    expect(await gate(kind, content)).toMatchObject({ exit: 0, document: { decision: 'allow' } });
  });
});

describe('a document that is not understood', () => {
  it.each([
    ['kubernetes', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'],
    ['cloudformation', changeSet.replace('AWS::RDS::DBCluster', 'Custom::Cleaner')],
    ['cleaner', 'policies: [{name: p, resource: aws.cfn, actions: [delete]}]'],
  ])('for %s is blocked as unknown', async (kind, content) => {
    expect(await gate(kind, content)).toMatchObject({ exit: 2, document: { decision: 'block', verdict: 'unknown' } });
  });
});

describe('a document that is none', () => {
  it.each([
    ['kubernetes', 'kind: Pod', 'MUSTER_KUBERNETES_INVALID', []],
    ['cloudformation', template, 'MUSTER_CLOUDFORMATION_INVALID', []],
    ['cloudformation', changeSet, 'MUSTER_USAGE', ['--stack-resources', 'x.json']],
    ['cleaner', `a: ${CANARY}`, 'MUSTER_CLEANER_INVALID', []],
  ])('for %s is an error with a hint (%#)', async (kind, content, code, options) => {
    const { exit, stdout, stderr } = await gate(kind, content, ...options);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain(code);
    expect(stderr).not.toContain(CANARY);
  });
});
