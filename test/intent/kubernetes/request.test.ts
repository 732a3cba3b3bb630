/**
 * Requests as a whole: what is asked, what takes others along, and texts that are none.
 */

import { describe, expect, it } from 'vitest';
import {
  aDelete,
  anAckInstance,
  anObject,
  anUpdate,
  aReview,
  changeIn,
  read,
  readText,
  refusal,
  summary,
} from './support.ts';

describe('an object that stands for nothing in AWS', () => {
  it.each([
    ['apps/v1', 'Deployment', 'none'],
    ['v1', 'Pod', 'none'],
    ['v1', 'Secret', 'none'],
    ['batch/v1', 'Job', 'none'],
    ['networking.k8s.io/v1', 'Ingress', 'none'],
    ['v1', 'Namespace', 'unknown opaque'],
    ['platform.example.org/v1', 'PostgreSQLInstance', 'unknown opaque'],
    ['argoproj.io/v1alpha1', 'Application', 'unknown opaque'],
    ['infra.contrib.fluxcd.io/v1', 'Terraform', 'unknown opaque'],
    ['apiextensions.crossplane.io/v1', 'CompositeResourceDefinition', 'unknown opaque'],
    ['rds.aws.crossplane.io/v1alpha1', 'DBInstance', 'unknown opaque'],
    ['database.aws.crossplane.io/v1beta1', 'RDSInstance', 'unknown opaque'],
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'disarm'],
  ])('%s %s: deleting it is %s', (apiVersion, kind, expected) => {
    expect(summary(aDelete(anObject(apiVersion, kind)))).toBe(expected);
  });

  it.each([
    ['dbinstances.rds.services.k8s.aws', 'rds.services.k8s.aws', 'unknown opaque'],
    ['instances.rds.aws.upbound.io', 'rds.aws.upbound.io', 'unknown opaque'],
    ['instances.rds.aws.m.upbound.io', undefined, 'unknown opaque'],
    ['databases.platform.example.org', 'platform.example.org', 'unknown opaque'],
    ['volumesnapshots.snapshot.storage.k8s.io', 'snapshot.storage.k8s.io', 'none'],
  ])('the definition %s takes its objects along without a review', (name, group, expected) => {
    const definition = anObject('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      metadata: { name },
      spec: group === undefined ? {} : { group },
    });
    expect(summary(aDelete(definition))).toBe(expected);
  });

  it('is edited in peace unless it is a custom resource whose spec changes', () => {
    const claim = (spec: Record<string, unknown>) => anObject('platform.example.org/v1', 'Database', { spec });
    expect(summary(anUpdate(claim({ a: 1 }), claim({ a: 2 })))).toBe('unknown opaque');
    expect(summary(anUpdate(claim({ a: 1 }), claim({ a: 1 })))).toBe('none');
    const deployment = (replicas: number) => anObject('apps/v1', 'Deployment', { spec: { replicas } });
    expect(summary(anUpdate(deployment(1), deployment(2)))).toBe('none');
  });
});

describe('a request', () => {
  it('that deletes a collection and shows nothing is unknown', () => {
    const request = { operation: 'DELETE', name: '', kind: { group: 'rds.services.k8s.aws', kind: 'DBInstance' } };
    const change = changeIn(aReview(request));
    expect(change).toMatchObject({ class: 'unknown', address: 'DBInstance.rds.services.k8s.aws' });
  });

  it('that deletes a collection object by object is read from the object', () => {
    expect(summary(aReview({ operation: 'DELETE', name: '', object: null, oldObject: anAckInstance() }))).toBe(
      'destroy delete_db_instance',
    );
  });

  it('takes everything on DELETE from oldObject, whatever stands in object', () => {
    const kept = anAckInstance({ annotations: { 'services.k8s.aws/deletion-policy': 'retain' } });
    expect(summary(aReview({ operation: 'DELETE', object: kept, oldObject: anAckInstance() }))).toBe(
      'destroy delete_db_instance',
    );
  });

  it.each([
    [{ operation: 'CONNECT', object: anAckInstance() }, 'none'],
    [{ operation: 'UPDATE', subResource: 'status', object: anAckInstance(), oldObject: anAckInstance() }, 'none'],
    [{ operation: 'UPDATE', object: anAckInstance(), oldObject: null }, 'unknown opaque'],
    [{ operation: 'UPDATE', object: null, oldObject: anAckInstance() }, 'unknown opaque'],
    [{ operation: 'DELETE', dryRun: true, oldObject: anAckInstance() }, 'destroy delete_db_instance'],
  ])('%# is %s', (request, expected) => {
    expect(summary(aReview(request))).toBe(expected);
  });

  it('asked twice has one digest, and another for another object', () => {
    const digest = (uid: string, name: string) =>
      read(aReview({ uid, operation: 'DELETE', oldObject: anAckInstance({ metadata: { name } }) })).digest;
    expect(digest('r-1', 'orders')).toBe(digest('r-2', 'orders'));
    expect(digest('r-1', 'orders')).not.toBe(digest('r-1', 'billing'));
  });

  it('tells whether an object of the cluster was seen', () => {
    expect(read(aDelete(anAckInstance())).stateSeen).toBe(true);
    expect(read(anAckInstance({ metadata: { uid: undefined } })).stateSeen).toBe(false);
  });
});

describe('a name that would disturb a terminal', () => {
  it('is printed on one line, wherever it stands', () => {
    const name = 'a\u001b[2J\nb';
    const documents = [
      aDelete(
        anAckInstance({
          metadata: { name },
          spec: { dbInstanceIdentifier: name },
          status: { ackResourceMetadata: {} },
        }),
      ),
      aDelete(anObject('v1', 'Namespace', { metadata: { name } })),
      aReview({ operation: 'DELETE', kind: { kind: name } }),
    ];
    for (const document of documents) expect(JSON.stringify(read(document))).not.toMatch(/\\u001b|\\n/);
  });
});

describe('objects to be deleted', () => {
  it('come as YAML, one after the other, or in a list', () => {
    const text = [
      'apiVersion: rds.services.k8s.aws/v1alpha1\nkind: DBInstance\nmetadata: {name: a}\nspec: {dbInstanceIdentifier: a}',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata: {name: c}',
    ].join('\n---\n');
    expect(readText(text).changes.map(({ address, class: kind }) => [address, kind])).toEqual([
      ['DBInstance.rds.services.k8s.aws a', 'destroy'],
      ['Deployment.apps b', 'none'],
      ['Namespace c', 'unknown'],
    ]);
  });

  it('carry their annotations through YAML anchors and merges', () => {
    const text =
      'apiVersion: rds.services.k8s.aws/v1alpha1\nkind: DBInstance\nmetadata:\n  name: a\n  uid: u\n  annotations:\n' +
      '    <<: &keep {services.k8s.aws/deletion-policy: retain}\nspec: {dbInstanceIdentifier: a}\n';
    expect(readText(text).changes).toMatchObject([{ class: 'forget' }]);
  });
});

describe('a text that is no request', () => {
  const review = (request: unknown) =>
    JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
  it.each([
    ['', 'review.json: empty; expected an AdmissionReview'],
    ['---\n', 'holds no document'],
    ['PK\u0003\u0004', 'a zip archive'],
    ['a\0b', 'binary or UTF-16'],
    ['{"kind":', 'JSON that ends early'],
    ['kind: [', 'review.json:1: not YAML or JSON'],
    ['kind: a\nkind: b\n', 'review.json:2: a key occurs twice'],
    ['{"kind":"a","kind":"b"}', 'a key occurs twice'],
    ['just text', 'the document: expected an object'],
    ['- a', 'the document: expected an object'],
    ['kind: Pod\nmetadata: {name: a}', 'apiVersion: missing; expected such as apps/v1'],
    ['apiVersion: v1\nmetadata: {name: a}', 'kind: missing; expected such as DBInstance'],
    ['apiVersion: v1\nkind: Pod', 'metadata.name: missing'],
    ['apiVersion: v1\nkind: Pod\nmetadata: []', 'metadata: expected an object'],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {x: 1}}', 'metadata.annotations: expected text'],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: a, finalizers: x}', 'metadata.finalizers: expected a list of text'],
    ['apiVersion: v1\nkind: List\nitems: [1]', 'items[0]: expected an object'],
    ['{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}', 'apiVersion: expected admission.k8s.io/v1'],
    ['{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', 'request: missing'],
    [review({ operation: 'PATCH' }), 'request.operation: expected one of CREATE, UPDATE, DELETE, CONNECT'],
    [review({ operation: 'DELETE', oldObject: 7 }), 'request.oldObject: expected an object'],
    [
      review({ operation: 'DELETE', oldObject: anAckInstance({ spec: { deletionProtection: 7 } }) }),
      'expected true or false',
    ],
    [
      review({ operation: 'DELETE', oldObject: anAckInstance({ spec: { backupRetentionPeriod: 'many' } }) }),
      'backup_retention_period: expected a whole number',
    ],
    [`a: ${'['.repeat(300)}${']'.repeat(300)}`, 'nested'],
    [
      'a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]',
      'aliases',
    ],
  ])('%# is refused with a word on where and what', (text, expected) => {
    expect(refusal(text)).toContain(expected);
  });
});

describe('a secret', () => {
  const CANARY = 'CANARY-k8s-5d';
  const secret = {
    annotations: { note: CANARY, 'kubectl.kubernetes.io/last-applied-configuration': CANARY },
    spec: { masterUserPassword: CANARY, masterUsername: CANARY, env: [{ value: CANARY }] },
    status: { conditions: [{ message: CANARY }] },
  };
  const object = anAckInstance(secret);

  it('of an object is in nothing that is read from it', () => {
    const documents = [
      aDelete(object),
      anUpdate(object, anAckInstance()),
      object,
      aDelete(anObject('a.b.c/v1', 'X', secret)),
    ];
    for (const document of documents) expect(JSON.stringify(read(document))).not.toContain('CANARY');
  });

  const whole = JSON.stringify(aDelete(object));
  it.each([
    whole.slice(0, -9),
    whole.replace('"spec":{', `"spec":["${CANARY}"],"x":{`),
    whole.replace('"orders"', `{"${CANARY}":1}`),
    whole.replace('"kind":"DBInstance"', `"kind":["${CANARY}"]`),
    `kind: ${CANARY}\n ${CANARY}: [`,
    CANARY,
  ])('of a text is not in the error about it (%#)', (text) => {
    expect(refusal(text)).not.toContain('CANARY');
  });
});

it('a List without a list in it is refused', () => {
  const items = { a: anAckInstance() };
  expect(refusal(JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: { name: 'x' }, items }))).toContain(
    'items',
  );
});
