/**
 * Decisions over HTTP on an estate that is known: each kind of document, what is refused; decisions found again, by
 * their own digest, signed, and approved by a person.
 */

import { describe, expect, it } from 'vitest';
import { checkToken } from '../../../src/adapters/keys/check-token.ts';
import { parseKeySet, verifyAttestation } from '../../../src/app/verify-attestation.ts';
import { type Digest, digestOfBytes } from '../../../src/core/canonical.ts';
import { decisionSchema } from '../../contract/decision-schema.ts';
import { SCOPE } from '../../support/builders.ts';
import { aFilledWorld, anAsker, ORDERS } from './asker.ts';

const CANARY = 'CANARY-route-77';
const { get, post, world } = await anAsker(await aFilledWorld());

const DELETE = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders', '--skip-final-snapshot'];
const command = { source: 'command', argv: DELETE };

const review = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'r',
    operation: 'DELETE',
    object: null,
    oldObject: {
      apiVersion: 'rds.services.k8s.aws/v1alpha1',
      kind: 'DBInstance',
      metadata: { name: 'orders', namespace: 'shop', uid: 'u' },
      spec: { dbInstanceIdentifier: 'orders', masterUserPassword: { name: CANARY } },
    },
  },
});
/** The same, as its controller has marked it. */
const placedReview = (ownerAccountID: string) => {
  const asked = JSON.parse(review) as { request: { oldObject: Record<string, unknown> } };
  asked.request.oldObject['status'] = { ackResourceMetadata: { ownerAccountID, region: SCOPE.region } };
  return JSON.stringify(asked);
};
const template = `Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties: { DBInstanceIdentifier: orders, MasterUserPassword: ${CANARY} }
`;
const cleaner = `policies: [{name: tidy, resource: aws.rds, comment: ${CANARY}, filters: [{DBInstanceIdentifier: orders}], actions: [delete]}]`;
const plan = JSON.stringify({
  format_version: '1.2',
  terraform_version: '1.9.0',
  resource_changes: [
    {
      address: 'aws_db_instance.orders',
      mode: 'managed',
      type: 'aws_db_instance',
      name: 'orders',
      provider_name: 'registry.terraform.io/hashicorp/aws',
      change: {
        actions: ['delete'],
        before: { identifier: 'orders', arn: ORDERS.arn, skip_final_snapshot: true, password: CANARY },
        after: null,
        after_unknown: {},
        before_sensitive: {},
        after_sensitive: false,
      },
    },
  ],
});

/** Everything that the API logged and keeps. */
async function everything(): Promise<string> {
  const bodies: string[] = [];
  for await (const { body } of world.store.chain.read()) bodies.push(body ?? '');
  return [...world.lines, ...bodies].join('\n');
}

describe('a decision', () => {
  it.each([
    ['a plan', { source: 'terraform', plan }],
    ['a command', command],
    ['an object of Kubernetes', { source: 'kubernetes', document: review }],
    ['a stack', { source: 'cloudformation', document: template, deletesStack: true }],
    ['the config of a cleaner', { source: 'cleaner', document: cleaner }],
  ])('on %s names the database, keeps to the documented shape and tells no secret', async (_, asked) => {
    const { status, text, body } = await post('/v1/decisions', asked);
    expect(status, text).toBe(200);
    expect(decisionSchema.parse(body)).toEqual(body);
    expect((body['databases'] as { identifier: string }[]).map(({ identifier }) => identifier)).toEqual(['orders']);
    expect(text).not.toContain(CANARY);
    expect(await everything()).not.toContain(CANARY);
  });

  it('takes an object of Kubernetes to be where its controller saw it, and without that nowhere for sure', async () => {
    const placeOf = async (document: string) => {
      const { body } = await post('/v1/decisions', { source: 'kubernetes', document });
      const { checklist } = decisionSchema.parse(body);
      return checklist.find(({ point }) => point === 'environment_confirmed')?.result;
    };
    expect(await placeOf(placedReview(SCOPE.accountId))).toBe('pass');
    expect(await placeOf(review)).toBe('unknown');
  });

  it('bears its digest as its tag, leads to where it can be read again, and is not to be kept', async () => {
    const { headers, text } = await post('/v1/decisions', command);
    const id = digestOfBytes(text);
    expect(headers).toMatchObject({ etag: `"${id}"`, location: `/v1/verdicts/${id}`, 'cache-control': 'no-store' });
    expect((await get(`/v1/verdicts/${id}`)).text).toBe(text);
  });

  it('takes the digest of a plan from the text as it was sent', async () => {
    const spaced = JSON.stringify(JSON.parse(plan), null, 4);
    const { body } = await post('/v1/decisions', { source: 'terraform', plan: spaced });
    expect(body['changeDigest']).toBe(digestOfBytes(spaced));
  });

  it('is counted by what it says', async () => {
    await post('/v1/decisions', command);
    const { text } = await get('/metrics');
    expect(text).toMatch(/muster_verdicts_total\{decision="review",verdict="ready",source="command"\} \d/);
  });

  it('that is asked for twice under one key is made once', async () => {
    const before = (await world.store.decisions()).length;
    const key = { 'idempotency-key': 'once' };
    const first = await post('/v1/decisions', command, 'gate', key);
    const second = await post('/v1/decisions', command, 'gate', key);
    expect(second.text).toBe(first.text);
    expect(second.headers['location']).toBe(first.headers['location']);
    expect(await world.store.decisions()).toHaveLength(before + 1);
  });
});

describe('a request that cannot be judged', () => {
  it.each([
    ['a plan that is no JSON', { source: 'terraform', plan: `{${CANARY}` }, 'MUSTER_PLAN_NOT_JSON'],
    [
      'a state in place of a plan',
      { source: 'terraform', plan: '{"version":4,"lineage":"x"}' },
      'MUSTER_PLAN_IS_STATE',
    ],
    ['a plan of another version', { source: 'terraform', plan: plan.replace('1.2', '9.0') }, 'MUSTER_PLAN_VERSION'],
    ['a state that is none', { source: 'terraform', plan, state: '[]' }, 'MUSTER_STATE_NOT_STATE'],
    ['no object of Kubernetes', { source: 'kubernetes', document: `- ${CANARY}` }, 'MUSTER_KUBERNETES_INVALID'],
    ['no change set', { source: 'cloudformation', document: `{"a":"${CANARY}"}` }, 'MUSTER_CLOUDFORMATION_INVALID'],
    ['no config', { source: 'cleaner', document: `a: ${CANARY}` }, 'MUSTER_CLEANER_INVALID'],
  ])('for %s is 400 with its code and none of its values', async (_, asked, code) => {
    const { status, body, text } = await post('/v1/decisions', asked);
    expect(status, text).toBe(400);
    expect(body).toMatchObject({ code });
    expect(text).not.toContain(CANARY);
    expect(await everything()).not.toContain(CANARY);
  });

  it.each([
    ['of no kind', { argv: DELETE }],
    ['of another kind', { source: 'sql', document: CANARY }],
    ['without a document', { source: 'kubernetes' }],
    ['with an empty plan', { source: 'terraform', plan: '' }],
    ['with no words', { source: 'command', argv: [] }],
    ['with nothing but empty words', { source: 'command', argv: ['', ' '] }],
    ['with words that are none', { source: 'command', argv: [1] }],
    ['with a key too many', { ...command, policy: CANARY }],
    ['with a principal that is no ARN', { ...command, principal: CANARY }],
  ])('%s is 400 and repeats nothing of it', async (_, asked) => {
    const { status, text } = await post('/v1/decisions', asked);
    expect(status).toBe(400);
    expect(text).not.toContain(CANARY);
  });

  it('with the resources of a stack beside a change set is 422', async () => {
    const asked = { source: 'cloudformation', document: template, stackResources: '{}' };
    expect((await post('/v1/decisions', asked)).status).toBe(422);
  });

  it.each(['read', 'operate', 'approve'] as const)('by a token for %s alone is 403', async (scope) => {
    expect((await post('/v1/decisions', command, scope)).status).toBe(403);
  });
});

describe('a decision on record', () => {
  it('is found by the first digits of its change', async () => {
    const { body, text } = await post('/v1/decisions', command);
    const digits = String(body['changeDigest']).slice('sha256:'.length, 'sha256:'.length + 12);
    const found = await get(`/v1/decisions/${digits}`);
    expect(found.status).toBe(200);
    expect(found.text).toBe(text);
  });

  it('is not sent again to who has it', async () => {
    const { body, headers } = await post('/v1/decisions', command);
    const found = await get(`/v1/decisions/${body['changeDigest']}`, 'read', {
      'if-none-match': String(headers['etag']),
    });
    expect(found.status).toBe(304);
  });

  it.each([
    [404, 'MUSTER_DECISION_NOT_FOUND', '0'.repeat(64)],
    [400, undefined, 'abc'],
    [400, undefined, 'x'.repeat(64)],
  ])('is answered with %i where nothing has that digest', async (status, code, digest) => {
    const found = await get(`/v1/decisions/${digest}`);
    expect(found.status).toBe(status);
    expect(found.body['code']).toBe(code);
  });
});

describe('a decision that is asked again', () => {
  it('stands while nothing has changed', async () => {
    const { body } = await post('/v1/decisions', { source: 'terraform', plan });
    const again = await post(`/v1/decisions/${body['changeDigest']}/recheck`, { plan });
    expect(again.status, again.text).toBe(200);
    expect(again.body).toMatchObject({ stands: true, decision: body['decision'], fresh: false, causes: [] });
  });

  it('is void for another plan', async () => {
    const { body } = await post('/v1/decisions', { source: 'terraform', plan });
    const again = await post(`/v1/decisions/${body['changeDigest']}/recheck`, { plan: `${plan} ` });
    expect(again.body).toMatchObject({ stands: false, decision: 'block', causes: [{ cause: 'change_changed' }] });
  });

  it('is void for a state that nobody showed before', async () => {
    const { body } = await post('/v1/decisions', { source: 'terraform', plan });
    const state = JSON.stringify({ version: 4, terraform_version: '1.9.0', serial: 3, lineage: 'a-b', resources: [] });
    const again = await post(`/v1/decisions/${body['changeDigest']}/recheck`, { state });
    expect(again.body).toMatchObject({ stands: false, causes: [{ cause: 'not_comparable' }] });
  });

  it('cannot be asked about without a token for gates', async () => {
    expect((await post(`/v1/decisions/${'0'.repeat(64)}/recheck`, {}, 'read')).status).toBe(403);
  });

  it('that nobody made is 404', async () => {
    expect((await post(`/v1/decisions/${'0'.repeat(64)}/recheck`, {})).status).toBe(404);
  });
});

it('a decision says where it was asked', async () => {
  expect((await post('/v1/decisions', command)).body).toMatchObject({ scope: SCOPE });
});

/** An API on which the deletion of orders was decided: a person may approve it. */
async function decided(argv: readonly string[] = DELETE) {
  const asker = await anAsker(await aFilledWorld());
  const { body, headers, text } = await asker.post('/v1/decisions', { source: 'command', argv });
  const id = String(headers['etag']).replaceAll('"', '') as Digest;
  return { ...asker, id, text, decision: body, change: body['changeDigest'] as Digest };
}

describe('a verdict by its digest', () => {
  it('may be kept until it is over, and has to be asked about after that', async () => {
    const { get, id, world } = await decided();
    expect((await get(`/v1/verdicts/${id}`)).headers['cache-control']).toMatch(
      /^private, max-age=\d{3,4}, must-revalidate$/,
    );
    world.clock.pass(100_000);
    const later = await get(`/v1/verdicts/${id}`);
    expect(later.headers['cache-control']).toBe('private, max-age=0, must-revalidate');
  });

  it('is not sent again to who has it', async () => {
    const { get, id } = await decided();
    const again = await get(`/v1/verdicts/${id}`, 'read', { 'if-none-match': `"other", "${id}"` });
    expect(again.status).toBe(304);
    expect(again.text).toBe('');
  });

  it('is found once it is on record, though it was asked for before', async () => {
    const { get, post, world, id, text } = await decided();
    const other = await anAsker(world);
    expect((await other.get(`/v1/verdicts/${id}`)).text).toBe(text);
    world.clock.pass(1);
    const { headers } = await post('/v1/decisions', { source: 'command', argv: [...DELETE, '--no-cli-pager'] });
    expect((await other.get(String(headers['location']))).status).toBe(200);
    expect((await get(String(headers['location']))).status).toBe(200);
  });

  it.each([
    [404, `sha256:${'0'.repeat(64)}`],
    [400, 'sha256:0'],
    [400, '..'.repeat(3)],
  ])('is %i where nothing has it', async (status, id) => {
    const { get } = await decided();
    expect((await get(`/v1/verdicts/${id}`)).status).toBe(status);
  });

  it('whose body was erased is gone', async () => {
    const { get, id, world } = await decided();
    const seqs: number[] = [];
    for await (const { seq, bodyDigest } of world.store.chain.read()) if (bodyDigest === id) seqs.push(seq);
    await world.store.chain.erase(seqs, 'old', world.clock.now());
    expect((await get(`/v1/verdicts/${id}`)).status).toBe(404);
  });

  it('that is not what was written is never handed out', async () => {
    const { world, id } = await decided();
    const { chain } = world.store;
    const read = async function* (after?: number) {
      for await (const record of chain.read(after)) {
        yield record.bodyDigest === id ? { ...record, body: record.body?.replace('review', 'allow') ?? null } : record;
      }
    };
    const forged = await anAsker({ ...world, store: { ...world.store, chain: { ...chain, read } } });
    const { status, body } = await forged.get(`/v1/verdicts/${id}`);
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'MUSTER_STORE_INVALID' });
  });
});

describe('an attestation', () => {
  const asked = { digest: null, audience: null, endpoint: null };

  it.each(['dsse', 'jws'])('as %s verifies with the keys that the API shows to anybody', async (format) => {
    const { get, id, change, world } = await decided();
    const { text } = await get(`/v1/verdicts/${id}/attestation?format=${format}`, 'gate');
    const shown = await get('/.well-known/jwks.json', null);
    expect(shown.headers['cache-control']).toBe('public, max-age=300');
    const keys = parseKeySet(shown.text, 'jwks.json');
    const presented = { content: text, origin: 'attestation', keys, asked: { ...asked, at: world.clock.now() } };
    const verification = await verifyAttestation(presented as never, checkToken);
    expect(verification).toMatchObject({ signature: 'valid' });
    expect(JSON.stringify(verification)).toContain(change);
  });

  it.each([
    [400, 'format=pdf'],
    [400, 'audience=ci'],
  ])('is %i with %s', async (status, query) => {
    const { get, id } = await decided();
    expect((await get(`/v1/verdicts/${id}/attestation?${query}`, 'gate')).status).toBe(status);
  });

  it('of a decision that is over is no token', async () => {
    const { get, id, world } = await decided();
    world.clock.pass(100_000);
    expect((await get(`/v1/verdicts/${id}/attestation?format=jws`, 'gate')).status).toBe(404);
    expect((await get(`/v1/verdicts/${id}/attestation`, 'gate')).status).toBe(200);
  });

  it('is not signed for a token for reading', async () => {
    const { get, id } = await decided();
    expect((await get(`/v1/verdicts/${id}/attestation`, 'read')).status).toBe(403);
  });
});

describe('an approval', () => {
  it('bears the name of the token, and the next decision bears it', async () => {
    const { post, get, id, change } = await decided();
    const asked = { changeDigest: change, decisionDigest: id, note: 'agreed in the call' };
    const { status, body } = await post('/v1/approvals', asked, 'approve');
    expect(status).toBe(201);
    expect(body).toMatchObject({ approver: 'the approve token', identifiedBy: 'token', note: 'agreed in the call' });
    expect((await get(`/v1/approvals?changeDigest=${change.slice(0, 20)}`)).body).toEqual({
      formatVersion: '1',
      approvals: [body],
      next: null,
    });
    const again = await post('/v1/decisions', { source: 'command', argv: DELETE });
    const points = again.body['checklist'] as { point: string; result: string }[];
    expect(points.find(({ point }) => point === 'human_approval')?.result).toBe('pass');
  });

  it('of a decision that is no longer the newest is refused, and nothing is kept', async () => {
    const { post, id, change, world } = await decided();
    world.clock.pass(1);
    await post('/v1/decisions', { source: 'command', argv: DELETE });
    const { status } = await post('/v1/approvals', { changeDigest: change, decisionDigest: id }, 'approve');
    expect(status).toBe(409);
    expect(await world.store.approvals()).toEqual([]);
  });

  it('of a blocked decision is refused', async () => {
    const argv = ['aws', 'rds', 'delete-db-cluster', '--db-cluster-identifier', 'courses', '--skip-final-snapshot'];
    const { post, id, change, decision, world } = await decided(argv);
    expect(decision['decision']).toBe('block');
    expect((await post('/v1/approvals', { changeDigest: change, decisionDigest: id }, 'approve')).status).toBe(400);
    expect(await world.store.approvals()).toEqual([]);
  });

  it('is not given by a token for gates', async () => {
    const { post, id, change } = await decided();
    expect((await post('/v1/approvals', { changeDigest: change, decisionDigest: id }, 'gate')).status).toBe(403);
  });

  it.each([
    [404, { changeDigest: `sha256:${'0'.repeat(64)}`, decisionDigest: `sha256:${'0'.repeat(64)}` }],
    [400, { changeDigest: 'abc' }],
  ])('is %i for what is not on record', async (status, asked) => {
    const { post } = await decided();
    expect((await post('/v1/approvals', asked, 'approve')).status).toBe(status);
  });
});
