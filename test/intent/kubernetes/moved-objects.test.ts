/** Edits after which an object stands for something else, or after which more goes with it, though its spec is the same. */

import { describe, expect, it } from 'vitest';
import {
  aCrossplaneInstance,
  aDelete,
  anAckInstance,
  anObject,
  anUpdate,
  aReview,
  changeIn,
  readText,
  stepIn,
  summary,
} from './support.ts';

const live = (spec: object, annotations: Record<string, string> = { 'crossplane.io/external-name': 'orders' }) =>
  aCrossplaneInstance({ forProvider: { region: 'eu-west-1', backupRetentionPeriod: 1 }, ...spec }, { annotations });
const kmsKey = (externalName?: string) =>
  anObject('kms.aws.upbound.io/v1beta1', 'Key', {
    annotations: externalName === undefined ? {} : { 'crossplane.io/external-name': externalName },
    spec: { forProvider: { region: 'eu-west-1', isEnabled: false } },
  });

describe('an object that is tied to another thing', () => {
  it.each([
    ['by its region', live({}), live({ forProvider: { region: 'us-east-1', backupRetentionPeriod: 1 } })],
    [
      'by its account',
      live({ providerConfigRef: { name: 'test' } }),
      live({ providerConfigRef: { name: 'production' } }),
    ],
    ['by its external name, a key that is switched off', kmsKey('a'), kmsKey('b')],
    [
      'by the region of an ACK object',
      anAckInstance({ annotations: { 'services.k8s.aws/region': 'eu-west-1' } }),
      anAckInstance({ annotations: { 'services.k8s.aws/region': 'us-east-1' } }),
    ],
  ])('%s is unknown', (_, before, after) => {
    expect(changeIn(anUpdate(before, after)).class).toBe('unknown');
    expect(changeIn(anUpdate(before, before)).class).toBe('update');
  });

  it('is none when a controller writes down what it made', () => {
    expect(summary(anUpdate(kmsKey(), kmsKey('a')))).toBe('update');
  });
});

describe('an object whose name and ARN disagree', () => {
  it('is deleted by its name', () => {
    const annotations = { 'crossplane.io/external-name': 'production' };
    expect(stepIn(aDelete(aCrossplaneInstance({}, { annotations }))).target).toEqual({
      arn: null,
      resourceId: 'db-ORDERS',
      identifier: 'production',
      scope: { accountId: '123456789012', region: 'eu-west-1' },
    });
  });
});

describe('settings that guard objects from elsewhere', () => {
  const namespace = (annotations: Record<string, string>) => anObject('v1', 'Namespace', { annotations });

  it.each(['services.k8s.aws/deletion-policy', 'rds.services.k8s.aws/deletion-policy'])(
    'disarm when a namespace loses or gains %s',
    (name) => {
      expect(summary(anUpdate(namespace({ [name]: 'retain' }), namespace({ [name]: 'delete' })))).toBe('disarm');
      expect(summary(anUpdate(namespace({ [name]: 'retain' }), namespace({})))).toBe('disarm');
    },
  );

  it('are not any annotation of a namespace', () => {
    expect(summary(anUpdate(namespace({ team: 'a' }), namespace({ team: 'b' })))).toBe('none');
  });

  it('disarm when what admits requests is edited', () => {
    const hooks = anObject('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration');
    expect(summary(anUpdate(hooks, hooks))).toBe('disarm');
  });

  it('disarm when a global cluster loses its protection', () => {
    const global = (deletionProtection: boolean) =>
      anObject('rds.services.k8s.aws/v1alpha1', 'GlobalCluster', {
        spec: { globalClusterIdentifier: 'g', deletionProtection },
      });
    expect(changeIn(anUpdate(global(true), global(false))).class).toBe('disarm');
  });

  it('are unknown when a kind without a row loses its protection', () => {
    const documents = (deletionProtection: boolean) =>
      anObject('documentdb.services.k8s.aws/v1alpha1', 'DBCluster', {
        spec: { dbClusterIdentifier: 'd', deletionProtection },
      });
    expect(changeIn(anUpdate(documents(true), documents(false))).class).toBe('unknown');
    expect(changeIn(anUpdate(documents(true), documents(true))).class).toBe('update');
  });
});

describe('a key that is taken over', () => {
  const create = (object: object) => summary(aReview({ operation: 'CREATE', oldObject: null, object }));

  it('is unknown, since what that changes of it is not shown', () => {
    expect(create(kmsKey('a'))).toBe('unknown opaque');
    expect(create(kmsKey())).toBe('create');
  });
});

describe('a backup plan', () => {
  const plan = (spec: object) =>
    anObject('backup.services.k8s.aws/v1alpha1', 'BackupPlan', { spec: { name: 'p', ...spec } });

  it('disarms when its rules change, and not when its tags do', () => {
    expect(changeIn(anUpdate(plan({ rules: [1] }), plan({ rules: [2] }))).class).toBe('disarm');
    expect(changeIn(anUpdate(plan({ backupPlanTags: { a: 'b' } }), plan({}))).class).toBe('update');
  });
});

describe('plain objects', () => {
  it('of everyday kinds are let through', () => {
    const text = ['Deployment', 'StatefulSet'].map(
      (kind) => `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: web, uid: u}\n`,
    );
    expect(readText(text.join('---\n')).changes.map((change) => change.class)).toEqual(['none', 'none']);
  });
});

describe('a thing that exists and is taken over', () => {
  const adopted = { annotations: { 'services.k8s.aws/adoption-policy': 'adopt-or-create' } };

  it.each([
    ['rds', 'DBInstance'],
    ['rds', 'DBSnapshot'],
    ['kms', 'Key'],
    ['backup', 'BackupVault'],
  ])('is unknown when ACK adopts it: %s %s', (service, kind) => {
    const object = anObject(`${service}.services.k8s.aws/v1alpha1`, kind, { ...adopted, spec: { name: 'x' } });
    expect(summary(aReview({ operation: 'CREATE', object }))).toBe('unknown opaque');
  });

  it.each(['Plan', 'Selection'])('is unknown when Crossplane is given the id of a backup %s', (kind) => {
    const annotations = { 'crossplane.io/external-name': '1234' };
    const object = anObject('backup.aws.upbound.io/v1beta1', kind, { annotations, spec: { forProvider: {} } });
    expect(summary(aReview({ operation: 'CREATE', object }))).toBe('unknown opaque');
  });

  it.each([
    ['kms', 'KeyPolicy', { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' }, 'disarm change_key_policy'],
    ['backup', 'VaultPolicy', { backupVaultName: 'safe' }, 'disarm change_vault_policy'],
    ['backup', 'RegionSettings', {}, 'disarm'],
    ['kms', 'KeyPolicy', {}, 'unknown opaque'],
  ])('a new %s %s takes the place of what is there', (service, kind, forProvider, expected) => {
    const object = anObject(`${service}.aws.upbound.io/v1beta1`, kind, { spec: { forProvider } });
    expect(summary(aReview({ operation: 'CREATE', object }))).toBe(expected);
  });
});
