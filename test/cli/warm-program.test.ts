/** What a warm process tells of a command is what a process of its own tells, so that tests may ask either. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../support/cli.ts';
import { createWarmProgram } from '../support/warm-program.ts';

let sandbox: Sandbox;

beforeAll(() => {
  sandbox = createSandbox();
});

afterAll(() => sandbox.close());

describe('a command', () => {
  it.each([
    ['that answers', ['rules', '--json']],
    ['that is refused', ['report', '--at', 'yesterday']],
    ['that finds no file', ['gate', 'terraform', 'missing.json']],
  ])('%s tells the same when it is warm', async (_, argv) => {
    const { exit, stdout, stderr } = await sandbox.start(argv).ended;
    await sandbox.run(argv);
    expect(await sandbox.run(argv)).toMatchObject({ exit, stdout, stderr });
    expect(await sandbox.run(argv)).toMatchObject({ exit, stdout, stderr });
  });

  it('that throws past every handler ends as a process does: no 0, and the fault on stderr', async () => {
    const warm = createWarmProgram(sandbox.file('broken.mjs', 'throw new Error("past every handler");'), '/');
    const { exit, stderr } = await warm.run([], {});
    warm.close();
    expect(exit).toBe(1);
    expect(stderr).toContain('past every handler');
  });

  it('begins without what the one before set: environment, arguments and exit code', async () => {
    const entry = sandbox.file(
      'once.mjs',
      `process.stdout.write(JSON.stringify([process.argv.slice(2), process.env.LEFT ?? null, process.exitCode ?? null]));
       process.env.LEFT = 'left'; process.exitCode = 7;`,
    );
    const warm = createWarmProgram(entry, '/');
    const first = await warm.run(['one'], { GIVEN: 'x' });
    const second = await warm.run(['two'], {});
    warm.close();
    expect(first).toEqual({ exit: 7, stdout: '[["one"],null,null]', stderr: '' });
    expect(second).toEqual({ exit: 7, stdout: '[["two"],null,null]', stderr: '' });
  });
});
