/**
 * What the CLI says when it cannot do its work: one sentence that names the place, a hint, a code; never a stack.
 *
 * Every refusal is exit 10 or above, so that no gate mistakes it for an answer, and leaves stdout empty.
 */

import { existsSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, MusterError } from '../../src/core/errors.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { CANARY, CLUSTER, createSandbox, type Ended, PLAN, type Sandbox, settingsOf } from '../support/cli.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };
/** A disk that is always full; Linux has one. */
const FULL = '/dev/full';
const REGION = { AWS_REGION: 'eu-west-1' };
const GATE = ['gate', 'terraform', PLAN] as const;

/** Led nowhere: no test gets as far as asking AWS. */
let sandbox: Sandbox;

beforeAll(() => {
  sandbox = createSandbox({ AWS_EC2_METADATA_DISABLED: 'true' });
});

afterAll(() => sandbox.close());

/** Holds for every refusal, whatever it is about. */
function holdRefusal({ exit, signal, stdout, stderr }: Ended, code: ErrorCode, names: string | RegExp): void {
  const sentence = /^muster: (.+)\n {2}(.+) \((MUSTER_\w+)\)\n$/.exec(stderr);
  expect(sentence, stderr).not.toBeNull();
  expect(sentence?.[3]).toBe(code);
  expect(sentence?.[2]).toBe(ERRORS[code].hint);
  expect(sentence?.[1]).toMatch(names);
  expect({ exit, signal, stdout }).toEqual({ exit: new MusterError(code, '').exit, signal: null, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at |node:internal|\bError:|NodeVersionSupportWarning|\$response/m);
  expect(stderr).not.toContain(CANARY);
}

describe('a command line', () => {
  it.each([
    ['without a command', [], /no command/],
    ['without a kind of gate', ['gate'], /no command/],
    ['with an unknown command', ['destroy'], /'destroy'/],
    ['with an unknown command of a group', ['drill', 'everything'], /'everything'/],
    ['with an unknown flag', ['scan', '--fast'], /'--fast'/],
    ['with a flag misspelt', ['scan', '--jsno'], /'--jsno'; did you mean --json\?$/],
    ['without the plan', ['gate', 'terraform'], /'plan'/],
    ['with one word too many', ['scan', 'all'], /too many arguments/],
    ['with a port that is none', ['lab', '--port', 'http'], /'--port <number>'.*'http'/],
    ['with an estate that is none', ['lab', '--estate', 'moon'], /'moon'.*datatalks/],
    ['that shows a drill nobody ran', ['drill', 'show', 'none'], /"none"/],
  ] as const)('%s is refused', async (_, argv, names) => {
    holdRefusal(await sandbox.run(argv), 'MUSTER_USAGE', names);
  });

  it('with an instant that is none is refused', async () => {
    holdRefusal(await sandbox.run([...GATE, '--at', 'yesterday']), 'MUSTER_TIME_INVALID', /--at: "yesterday"/);
  });
});

describe('a plan', () => {
  it('that is missing is refused', async () => {
    holdRefusal(await sandbox.run(['gate', 'terraform', 'no.json']), 'MUSTER_FILE_UNREADABLE', /^no\.json: .*ENOENT/);
  });

  it('whose path is empty is refused by saying so', async () => {
    const ended = await sandbox.run(['gate', 'terraform', '']);
    holdRefusal(ended, 'MUSTER_FILE_UNREADABLE', /^a path of no characters: .*ENOENT/);
  });

  it('that is a directory is refused', async () => {
    holdRefusal(await sandbox.run(['gate', 'terraform', '.']), 'MUSTER_FILE_UNREADABLE', /^\.: .*EISDIR/);
  });

  const plan = readFileSync(PLAN, 'utf8');
  const { planned_values, ...rest } = JSON.parse(plan) as { planned_values: unknown };
  const state = JSON.stringify({ version: 4, terraform_version: '1.11.0', serial: 3, lineage: 'l', resources: [] });
  const shown = JSON.stringify({ format_version: '1.0', terraform_version: '1.11.0', values: planned_values });
  const cuts = [1, 100, plan.indexOf(CANARY) + 9, Math.floor(plan.length / 2), plan.trimEnd().length - 1];

  it.each([
    ['empty', '', 'MUSTER_PLAN_NOT_JSON', /empty/],
    ['text', 'Terraform will perform the following actions:', 'MUSTER_PLAN_NOT_JSON', /not JSON/],
    ['a saved plan file', new Uint8Array([0x50, 0x4b, 3, 4, 0, 255, 254]), 'MUSTER_PLAN_NOT_JSON', /zip/],
    ['binary', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 200]), 'MUSTER_PLAN_NOT_JSON', /not (?:UTF-8 )?JSON/],
    ['a list', '[]', 'MUSTER_PLAN_NOT_JSON', /not an object/],
    ['a state file', state, 'MUSTER_PLAN_IS_STATE', /state/],
    ['a shown state', shown, 'MUSTER_PLAN_IS_STATE', /state/],
    ['of an unknown major version', JSON.stringify({ ...rest, format_version: '2.0' }), 'MUSTER_PLAN_VERSION', /2\.0/],
    ['without changes of the right shape', '{"format_version":"1.2","resource_changes":{}}', 'MUSTER_PLAN_SHAPE', /./],
    ...cuts.map(
      (at) =>
        [
          `cut after ${at} characters`,
          plan.slice(0, at),
          'MUSTER_PLAN_NOT_JSON',
          /ends early, after \d+ bytes/,
        ] as const,
    ),
  ] as const)('that is %s is refused, and the file is named', async (_, content, code, names) => {
    const path = sandbox.file('given.plan.json', content);
    const ended = await sandbox.run(['gate', 'terraform', path, '--json']);
    holdRefusal(ended, code, names);
    expect(ended.stderr).toContain(`muster: ${path}: `);
  });

  it('on stdin that is cut off is refused as stdin', async () => {
    const ended = await sandbox.run(['gate', 'terraform', '-'], { input: plan.slice(0, 5_000) });
    holdRefusal(ended, 'MUSTER_PLAN_NOT_JSON', /^stdin: JSON that ends early/);
  });
});

describe('another file', () => {
  it.each([
    ['a policy that is not YAML', 'version: 1\n  - x: [', /^\S+policy\.yaml:\d+:\d+: not YAML/],
    [
      'a policy with an unknown key',
      'version: 1\ndefaults:\n  restoreProfo: advisory\n',
      /policy\.yaml:3:3: defaults: .*restoreProfo/,
    ],
    [
      'a policy with a duration of no unit',
      'version: 1\ndefaults:\n  dataLossMax: 24\n',
      /policy\.yaml:3:16: defaults\.dataLossMax: 24, expected /,
    ],
    ['an empty policy', '', /policy\.yaml:1:1: the file: nothing/],
  ])('%s is refused', async (_, content, names) => {
    const policy = sandbox.file('policy.yaml', content);
    holdRefusal(await sandbox.run([...GATE, '--policy', policy]), 'MUSTER_POLICY_INVALID', names);
  });

  it.each([
    ['that is a plan', readFileSync(PLAN, 'utf8')],
    ['that is empty', ''],
    ['that is cut off', '{"formatVersion":"1","databases":['],
  ])('an inventory %s is refused', async (_, content) => {
    const inventory = sandbox.file('inventory.json', content);
    const ended = await sandbox.run([...GATE, '--inventory', inventory]);
    holdRefusal(ended, 'MUSTER_INVENTORY_INVALID', /inventory\.json/);
  });

  it.each([
    ['that is not YAML', 'name: [', /drill\.yaml:\d+:\d+: not YAML/],
    [
      'with a probe of an unknown kind',
      'name: d\nprobes:\n  - { kind: guess, name: g }\n',
      /drill\.yaml:3:13: probes\.0/,
    ],
    ['with an unknown key', 'name: d\npublic: true\n', /drill\.yaml:2:1: .*public/],
  ])('a drill definition %s is refused before anything is asked', async (_, content, names) => {
    const definition = sandbox.file('drill.yaml', content);
    const ended = await sandbox.run(['drill', 'run', CLUSTER, '--definition', definition]);
    holdRefusal(ended, 'MUSTER_DRILL_INVALID', names);
  });
});

describe('AWS settings', () => {
  it.each([[[...GATE]], [['scan']], [['report']], [['drill', 'run', CLUSTER]]])(
    'without a region stop %j',
    async (argv) => {
      holdRefusal(await sandbox.run(argv, { env: CREDENTIALS }), 'MUSTER_REGION_MISSING', /region/);
    },
  );

  it('without credentials stop the gate', async () => {
    const ended = await sandbox.run([...GATE], { env: REGION });
    holdRefusal(ended, 'MUSTER_CREDENTIALS_MISSING', /credentials for sts:GetCallerIdentity/);
  });

  it('with a profile that does not exist stop the gate', async () => {
    const ended = await sandbox.run([...GATE], { env: { ...REGION, AWS_PROFILE: 'nobody' } });
    holdRefusal(ended, 'MUSTER_CREDENTIALS_MISSING', /credentials for sts:GetCallerIdentity/);
  });
});

describe('an endpoint', () => {
  it.each([[[...GATE]], [['drill', 'run', CLUSTER]]])(
    'that refuses connections stops %j and is named',
    async (argv) => {
      const endpoint = await withServer(
        () => undefined,
        async (url) => url,
      );
      const ended = await sandbox.run(argv, { env: { ...REGION, ...CREDENTIALS, AWS_ENDPOINT_URL: endpoint } });
      holdRefusal(ended, 'MUSTER_ENDPOINT_UNREACHABLE', new RegExp(`^${endpoint} does not answer: ECONNREFUSED$`));
    },
  );

  it('that has no address stops the gate and is named', async () => {
    const env = { ...REGION, ...CREDENTIALS, AWS_ENDPOINT_URL: 'http://nowhere.invalid:9' };
    const ended = await sandbox.run([...GATE], { env });
    holdRefusal(ended, 'MUSTER_ENDPOINT_UNREACHABLE', /^http:\/\/nowhere\.invalid:9 does not answer: E/);
  });

  const html = '<!doctype html><html><body>Sign in to continue</body></html>';
  it.each([
    ['that fails', 'MUSTER_AWS_UNAVAILABLE', /HTTP 500/, (_, answer) => answer.writeHead(500).end('boom')],
    ['that hangs up', 'MUSTER_ENDPOINT_UNREACHABLE', /ECONNRESET/, (request) => request.socket.destroy()],
    ['that shows a sign-in page', 'MUSTER_ENDPOINT_UNREACHABLE', /as AWS does/, (_, answer) => answer.end(html)],
    ['that says nothing', 'MUSTER_ENDPOINT_UNREACHABLE', /as AWS does/, (_, answer) => answer.end()],
    ['that speaks JSON', 'MUSTER_ENDPOINT_UNREACHABLE', /as AWS does/, (_, answer) => answer.end('{"a":1}')],
  ] satisfies [string, ErrorCode, RegExp, RequestListener][])('%s stops the gate', async (_, code, names, listener) => {
    const ended = await withServer(listener, (endpoint) =>
      sandbox.run([...GATE], { env: { ...REGION, ...CREDENTIALS, AWS_ENDPOINT_URL: endpoint } }),
    );
    holdRefusal(ended, code, names);
  });

  it('that never answers does not hold Ctrl-C up', async () => {
    let asked: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const ended = await withServer(asked, async (endpoint) => {
      const running = sandbox.start([...GATE], {
        env: { ...REGION, ...CREDENTIALS, AWS_ENDPOINT_URL: endpoint },
        secondsMax: 15,
      });
      await reached;
      running.send('SIGINT');
      return running.ended;
    });
    expect(ended).toEqual({ exit: null, signal: 'SIGINT', stdout: '', stderr: '', leftProcesses: false });
  });
});

describe('a database', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await startLab({ estate: 'datatalks' });
  });

  afterAll(() => lab.close());

  it.each([
    ['a report', ['report', 'courses']],
    ['a drill', ['drill', 'run', 'courses']],
  ])('nobody knows is refused by %s, which names those that exist', async (_, argv) => {
    const ended = await sandbox.run(argv, { env: settingsOf(lab) });
    holdRefusal(ended, 'MUSTER_DATABASE_NOT_FOUND', /called courses[;,].* known: .*dev-course-management-cluster/);
  });
});

describe('an output', () => {
  it('that nobody reads to its end is no error', async () => {
    const running = sandbox.start(['--help'], { closeStdout: true });
    expect(await running.ended).toMatchObject({ exit: 0, stderr: '' });
  });

  it.skipIf(!existsSync(FULL))('that cannot be written is told, and the exit is no answer', async () => {
    const ended = await sandbox.run(['drill', 'list', '--json'], { stdoutTo: FULL });
    holdRefusal(ended, 'MUSTER_FILE_UNREADABLE', /^standard output cannot be written \(ENOSPC\)$/);
  });
});

it('nothing of what was refused is kept', () => {
  expect(sandbox.leftFiles()).toEqual([]);
});

/** A server on a free port, closed afterwards. */
async function withServer<T>(listener: RequestListener, use: (endpoint: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
