/**
 * `muster token`: what is printed where, what is refused, and that a secret is shown once and kept nowhere.
 *
 * A world of plain values answers for the forms of the output; the built program for what is written to disk.
 */

import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { systemRandomness } from '../../src/adapters/randomness.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { createTokenCheck } from '../../src/app/manage-tokens.ts';
import type { Store } from '../../src/app/ports.ts';
import { runCli } from '../../src/cli/program.ts';
import type { ServeWorld } from '../../src/cli/serve-world.ts';
import { addDays, addSeconds, type Instant } from '../../src/core/time.ts';
import type { TokenRecord } from '../../src/evidence/access-token.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { NOW } from '../support/builders.ts';
import { createSandbox } from '../support/cli.ts';
import { stateFolder, storedBodies, storedText } from '../support/stored.ts';

const TOKEN = /^muster_[a-z0-9]{12}_[a-z0-9]{50}$/;

let store: Store;
let at: Instant;
beforeEach(() => {
  store = createMemoryStore({ now: () => NOW });
  at = NOW;
});
const clock = { now: () => at, elapsed: () => 0, sleep: async () => undefined };

/** Runs `muster token` in this process. */
async function token(argv: readonly string[], width = 100) {
  const said = { out: '', talk: '' };
  const terminal = {
    paint: PLAIN_PAINT,
    width,
    out: (text: string) => {
      said.out += text;
    },
    talk: (text: string) => {
      said.talk += text;
    },
  };
  const world = {
    version: '1.2.3',
    terminal,
    clock,
    randomness: systemRandomness,
    store: async () => store,
    user: () => 'jane',
  };
  const exit = await runCli(['token', ...argv], world as unknown as ServeWorld);
  return { exit, ...said };
}

const idOf = (text: string) => text.split('_')[1] ?? '';

describe('muster token create', () => {
  it('prints the token alone to stdout, and what it may do and until when to stderr', async () => {
    const { exit, out, talk } = await token(['create', 'CI', '--scope', 'gate', '--scope', 'read']);
    expect(exit).toBe(0);
    expect(out.trimEnd()).toMatch(TOKEN);
    expect(out.endsWith('\n')).toBe(true);
    expect(talk).toContain(`token ${idOf(out)} for CI: read, gate, until 2027-02-21 10:00:00 UTC\n`);
    expect(talk).not.toContain(out.trimEnd());
  });

  it('gives out a token that a check knows, until 90 days are over', async () => {
    const { out } = await token(['create', 'CI', '--scope', 'read']);
    at = addSeconds(addDays(NOW, 90), -1);
    expect(await createTokenCheck({ store, clock })(out.trimEnd())).toMatchObject({ name: 'CI', by: 'jane' });
    at = addDays(NOW, 90);
    expect(await createTokenCheck({ store, clock })(out.trimEnd())).toBeNull();
  });

  it('ends a token when --expires says', async () => {
    await token(['create', 'CI', '--scope', 'read', '--expires', '12h']);
    expect(await store.tokens()).toMatchObject([{ expiresAt: addSeconds(NOW, 12 * 3_600) }]);
  });

  it('prints the token and what is kept of it as data with --json, without its digest', async () => {
    const { out } = await token(['create', 'CI', '--scope', 'approve', '--json']);
    const { token: text, ...rest } = JSON.parse(out);
    expect(text).toMatch(TOKEN);
    expect(rest).toEqual({
      formatVersion: '1',
      id: idOf(text),
      name: 'CI',
      scopes: ['approve'],
      createdAt: NOW,
      createdBy: 'jane',
      expiresAt: addDays(NOW, 90),
    });
  });

  it.each<[string, readonly string[], string]>([
    ['without a scope', ['CI'], '--scope: none is named; accepted are read, gate, operate, approve'],
    ['with an unknown scope', ['CI', '--scope', 'admin'], '--scope: "admin" is no scope'],
    ['with no name', ['--scope', 'read'], "missing required argument 'name'"],
    ['with an empty name', ['', '--scope', 'read'], 'the name of a token: 1 to 100 printable characters'],
    ['for no time', ['CI', '--scope', 'read', '--expires', '0d'], '--expires: "0d" is not accepted'],
    ['for too long', ['CI', '--scope', 'read', '--expires', '401d'], 'of 400d at most'],
    ['until a word', ['CI', '--scope', 'read', '--expires', 'never'], '--expires: "never" is not accepted'],
  ])('gives out nothing %s, exit 10', async (_, argv, message) => {
    const { exit, out, talk } = await token(['create', ...argv]);
    expect({ exit, out }).toEqual({ exit: 10, out: '' });
    expect(talk).toContain(message);
    expect(await store.tokens()).toEqual([]);
  });
});

describe('muster token list', () => {
  it('says that there is none', async () => {
    expect(await token(['list'])).toMatchObject({ exit: 0, out: 'no token was given out\n' });
  });

  it('shows each token with its state, and nothing of a secret or its digest', async () => {
    const old = await token(['create', 'old', '--scope', 'read', '--expires', '1h']);
    const taken = await token(['create', 'taken', '--scope', 'read']);
    await token(['revoke', idOf(taken.out)]);
    at = addSeconds(NOW, 3_600);
    const fresh = await token(['create', 'fresh one', '--scope', 'operate', '--scope', 'read']);
    const { out } = await token(['list']);
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'token | state | ends (UTC) | scopes | name | made by | made (UTC)',
      `${idOf(fresh.out)} | active | 2027-02-21 11:00 | read operate | fresh one | jane | 2026-11-23 11:00`,
      `${idOf(taken.out)} | revoked | 2027-02-21 10:00 | read | taken | jane | 2026-11-23 10:00`,
      `${idOf(old.out)} | expired | 2026-11-23 11:00 | read | old | jane | 2026-11-23 10:00`,
      '',
    ]);
    const json = await token(['list', '--json']);
    expect(JSON.parse(json.out).tokens.map(({ state }: { state: string }) => state)).toEqual([
      'active',
      'revoked',
      'expired',
    ]);
    for (const made of [old, taken, fresh]) {
      const secret = made.out.trimEnd().split('_')[2] ?? 'none';
      expect(out + json.out).not.toContain(secret);
    }
    expect(json.out).not.toContain('sha256');
  });

  it('keeps every id in one piece on a narrow page', async () => {
    const made = await token(['create', 'x'.repeat(100), '--scope', 'read', '--scope', 'gate', '--scope', 'approve']);
    const { out } = await token(['list'], 60);
    expect(out).toContain(idOf(made.out));
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});

describe('muster token revoke', () => {
  it('takes the token back, and says whose it was', async () => {
    const made = await token(['create', 'CI', '--scope', 'read']);
    const { exit, out } = await token(['revoke', idOf(made.out)]);
    expect({ exit, out }).toEqual({ exit: 0, out: `token ${idOf(made.out)} for CI is revoked by jane\n` });
    expect(await createTokenCheck({ store, clock })(made.out.trimEnd())).toBeNull();
  });

  it('twice is harmless and says so', async () => {
    const made = await token(['create', 'CI', '--scope', 'read']);
    await token(['revoke', idOf(made.out)]);
    const { exit, out } = await token(['revoke', idOf(made.out)]);
    expect(exit).toBe(0);
    expect(out).toContain('was revoked before at 2026-11-23 10:00:00 UTC by jane; nothing changed');
    const json = await token(['revoke', idOf(made.out), '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ state: 'revoked', before: true });
  });

  it('of an id that no token has is refused, exit 10', async () => {
    const { exit, out, talk } = await token(['revoke', 'aaaaaaaaaaaa']);
    expect({ exit, out }).toEqual({ exit: 10, out: '' });
    expect(talk).toContain('no token has the id aaaaaaaaaaaa');
    expect(talk).toContain('MUSTER_TOKEN_NOT_FOUND');
  });
});

describe('the built program', () => {
  const sandbox = createSandbox();
  afterAll(() => sandbox.close());

  it('keeps a token sealed in the chain, and its secret neither there nor in any other file or stream', async () => {
    const made = await sandbox.run(['token', 'create', 'CI', '--scope', 'read']);
    expect(made.stdout.trimEnd()).toMatch(TOKEN);
    const secret = made.stdout.trimEnd().split('_')[2] ?? 'none';
    const listed = await sandbox.run(['token', 'list']);
    const revoked = await sandbox.run(['token', 'revoke', idOf(made.stdout)]);
    const [exported, verified] = [await sandbox.run(['export', '--kind', 'token']), await sandbox.run(['verify'])];
    expect([made, listed, revoked, exported, verified].map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0]);
    expect(verified.stdout).toMatch(/^WHOLE/);
    expect(verified.stdout).not.toContain('unsealed');
    const records = storedBodies<TokenRecord>(stateFolder(sandbox), 'token');
    expect(records.map(({ what }) => what)).toEqual(['issued', 'revoked']);
    for (const text of [
      storedText(stateFolder(sandbox)),
      made.stderr,
      listed.stdout,
      revoked.stdout,
      exported.stdout,
    ]) {
      expect(text).not.toContain(secret);
    }
  });
});
