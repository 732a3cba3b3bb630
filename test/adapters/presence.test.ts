/** A process that is gone is known by more than its PID. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createPresence } from '../../src/adapters/presence.ts';

const HERE = createPresence();

describe.skipIf(!existsSync('/proc/self/ns/pid'))('on a kernel that tells', () => {
  it('the own process is there, under a name that holds the token', () => {
    const runner = HERE.runner('abc');
    expect(runner).toMatch(/^abc@[0-9a-f-]{36}\.\d+\.\d+\.\d+$/);
    expect(HERE.isGone(runner)).toBe(false);
  });

  it('another is there until it was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const runner = createPresence(child.pid).runner('abc');
    expect(HERE.isGone(runner)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(HERE.isGone(runner)).toBe(true);
  });

  it('a PID that was given to another process does not bring it back', () => {
    const earlier = HERE.runner('abc').replace(/\d+$/, (start) => String(Number(start) - 1));
    expect(HERE.isGone(earlier)).toBe(true);
  });

  it.each([
    ['another boot', (runner: string) => runner.replace(/@[0-9a-f]{8}/, '@00000000')],
    ['another PID namespace', (runner: string) => runner.replace(/\.(\d+)\.(\d+)\.(\d+)$/, '.1.$2.1')],
    ['a machine that does not tell', () => 'abc'],
    ['nothing that Muster writes', () => 'abc@def'],
  ])('of %s nothing is sure', (_, other) => {
    expect(HERE.isGone(other(HERE.runner('abc')))).toBe(false);
  });
});

it('where the kernel does not tell, a run has its token for a name and nobody is surely gone', () => {
  const elsewhere = createPresence(process.pid, '/nowhere');
  expect(elsewhere.runner('abc')).toBe('abc');
  expect(elsewhere.isGone(HERE.runner('abc'))).toBe(false);
});
