/**
 * `muster approve`: a receipt is kept when a person typed the digits, never otherwise, and `gate --require-approval` finds it.
 *
 * The built program answers for what happens with and without a terminal; a world of plain values for what is typed.
 */

import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { runCli } from '../../src/cli/program.ts';
import type { ServeWorld } from '../../src/cli/serve-world.ts';
import { addSeconds, type Instant, parseInstant } from '../../src/core/time.ts';
import type { Approval } from '../../src/evidence/approval.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { aDrill, anInventory, NOW, thePitr } from '../support/builders.ts';
import { HAS_TERMINAL } from '../support/cli.ts';
import { aDecidedSandbox, DELETE, type DecidedSandbox, ORDERS, SEEN } from '../support/decided.ts';
import { stateFolder, storedBodies } from '../support/stored.ts';

const LOST = anInventory({ databases: [ORDERS], recoveryPoints: [thePitr(ORDERS)] });

/** A person at a terminal, who types what they are asked for unless told otherwise. */
async function atATerminal(inventory: Inventory = SEEN) {
  const store = createMemoryStore({ now: () => NOW });
  await store.recordDrill(aDrill(ORDERS));
  const seen = { out: '', talk: '', asked: '', at: NOW };
  const nothing = () => undefined;
  const typing: { answer: (wanted: string) => string | null } = { answer: (wanted) => wanted };
  const world = {
    version: '1.2.3',
    terminal: {
      paint: PLAIN_PAINT,
      width: 100,
      out: (text: string) => {
        seen.out += text;
      },
      talk: (text: string) => {
        seen.talk += text;
      },
      progress: () => ({ update: nothing, say: nothing, pause: () => nothing, stop: nothing }),
      ask: async (question: string) => {
        seen.asked += question;
        return typing.answer(/Type (\S+) /.exec(question)?.[1] ?? '');
      },
    },
    clock: { now: (): Instant => seen.at, elapsed: () => 0, sleep: async () => undefined },
    store: async () => store,
    user: () => 'jane',
    readFile: async () => JSON.stringify(inventory),
  } as unknown as ServeWorld;
  const said = () => {
    const text = seen.out;
    seen.out = '';
    return text;
  };
  const gate = async (...options: readonly string[]) => {
    const exit = await runCli(['gate', 'command', '--inventory', 'i', '--json', ...options, '--', ...DELETE], world);
    return { exit, document: JSON.parse(said()) as DecisionDocument };
  };
  const { document } = await gate();
  const approve = async (answer: typeof typing.answer, ...options: readonly string[]) => {
    typing.answer = answer;
    const exit = await runCli(['approve', document.changeDigest, ...options], world);
    return { exit, ...seen, out: said(), receipts: await store.approvals() };
  };
  return { approve, gate, document, seen };
}

const digits = (wanted: string) => wanted;

describe('a person who types the digits that are shown', () => {
  it('leaves a receipt that names them, the change, the decision and its end', async () => {
    const { approve, document } = await atATerminal();
    const { exit, out, talk, asked, receipts } = await approve(digits, '--note', 'agreed with the owner');
    expect(exit).toBe(0);
    expect(talk).toMatch(/^REVIEW/);
    expect(asked).toContain(`Type ${document.changeDigest.slice('sha256:'.length).slice(0, 8)} to approve`);
    expect(out).toMatch(new RegExp(`^approved by jane: ${document.changeDigest}, until 2026-11-23 \\S+ UTC\n$`));
    expect(receipts).toMatchObject([
      {
        changeDigest: document.changeDigest,
        approver: 'jane',
        identifiedBy: 'os_user',
        note: 'agreed with the owner',
        at: NOW,
        validUntil: document.validUntil,
      },
    ]);
  });

  it('has the receipt printed as data with --json, and nothing else', async () => {
    const { approve } = await atATerminal();
    const { out, receipts } = await approve(digits, '--json');
    expect(JSON.parse(out)).toEqual(receipts[0]);
  });

  it('lets the same change pass --require-approval, which waits before, and shows who approved', async () => {
    const { approve, gate } = await atATerminal();
    expect((await gate('--require-approval')).exit).toBe(3);
    await approve((wanted) => ` ${wanted}\n`);
    const { exit, document } = await gate('--require-approval');
    expect(exit).toBe(0);
    const point = document.checklist.find((each) => each.point === 'human_approval');
    expect(point).toEqual({
      point: 'human_approval',
      result: 'pass',
      evidence: ['verified: jane approved this change at 2026-11-23 10:00:00 UTC'],
    });
    expect(document.decision).toBe('review');
  });

  it('does not let it pass once the decision that was approved has ended', async () => {
    const { approve, gate, document, seen } = await atATerminal();
    await approve(digits);
    seen.at = addSeconds(document.validUntil, -1);
    expect((await gate('--require-approval')).exit).toBe(0);
    seen.at = document.validUntil;
    expect((await gate('--require-approval')).exit).not.toBe(0);
  });
});

describe('nothing is approved, exit 10,', () => {
  it.each<[string, (wanted: string) => string | null, string]>([
    ['by other digits', () => '00000000', 'was not typed'],
    ['by fewer digits', (wanted) => wanted.slice(1), 'was not typed'],
    ['by yes', () => 'yes', 'was not typed'],
    ['by an empty line', () => '', 'was not typed'],
    ['where nobody is there', () => null, 'an approval needs a person at a terminal; there is none'],
  ])('%s', async (_, answer, message) => {
    const { approve, gate } = await atATerminal();
    const { exit, out, talk, receipts } = await approve(answer);
    expect({ exit, out, receipts }).toEqual({ exit: 10, out: '', receipts: [] });
    expect(talk).toContain(message);
    expect((await gate('--require-approval')).exit).toBe(3);
  });

  it('of a change that is blocked, and nobody is asked', async () => {
    const { approve, document } = await atATerminal(LOST);
    expect(document.decision).toBe('block');
    const { exit, asked, talk, receipts } = await approve(digits);
    expect({ exit, asked, receipts }).toEqual({ exit: 10, asked: '', receipts: [] });
    expect(talk).toContain(`${document.changeDigest} cannot be approved: it is blocked (not ready)`);
  });

  it('of a decision whose time is over, and nobody is asked', async () => {
    const { approve, document, seen } = await atATerminal();
    seen.at = document.validUntil;
    const { exit, asked, talk } = await approve(digits);
    expect({ exit, asked }).toEqual({ exit: 10, asked: '' });
    expect(talk).toContain(`the decision was valid until ${document.validUntil}; judge the change anew`);
  });

  it('of a decision whose time is over by the time that the digits are typed', async () => {
    const { approve, document, seen } = await atATerminal();
    const late = (wanted: string) => {
      seen.at = document.validUntil;
      return wanted;
    };
    expect(await approve(late)).toMatchObject({ exit: 10, out: '', receipts: [] });
  });
});

describe('the built program', () => {
  const now = parseInstant(`${new Date().toISOString().slice(0, 19)}Z`, 'the clock');
  let sandbox: DecidedSandbox;
  let decided: DecisionDocument;
  beforeAll(async () => {
    sandbox = await aDecidedSandbox(now);
    decided = await sandbox.decide(SEEN);
  });
  afterAll(() => sandbox.close());

  const gated = () =>
    sandbox.run([...['gate', 'command', '--require-approval', '--inventory', sandbox.seen(SEEN), '--'], ...DELETE]);
  const approvals = () => storedBodies<Approval>(stateFolder(sandbox), 'approval');

  it('refuses to approve without a terminal, even when the digits are piped in', async () => {
    const input = `${decided.changeDigest.slice('sha256:'.length).slice(0, 8)}\n`;
    const { exit, stdout, stderr } = await sandbox.run(['approve', decided.changeDigest], { input });
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain('muster: an approval needs a person at a terminal; there is none');
    expect(approvals()).toEqual([]);
    expect((await gated()).exit).toBe(3);
  });

  it.each([
    ['f'.repeat(64), 'no decision on change f'],
    ['nothing', 'is no change digest'],
  ])('refuses to approve %s, exit 10', async (named, message) => {
    const { exit, stdout, stderr } = await sandbox.run(['approve', named]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain(message);
  });

  it.skipIf(!HAS_TERMINAL)('keeps the receipt of a person at a terminal, sealed, and the gate shows it', async () => {
    const running = sandbox.start(['approve', decided.changeDigest.slice(0, 24)], { terminal: 100 });
    const [, wanted = ''] = /Type (\S+) to approve/.exec(await running.until(/Type \S+ to approve/)) ?? [];
    running.type(`${wanted}\r`);
    const { exit, stdout } = await running.ended;
    expect(exit).toBe(0);
    expect(stdout).toContain(`approved by ${userInfo().username}: ${decided.changeDigest}`);
    expect(approvals()).toMatchObject([{ approver: userInfo().username, changeDigest: decided.changeDigest }]);
    const gate = await gated();
    expect(gate.exit).toBe(0);
    expect(gate.stdout.replace(/\s+/g, ' ')).toContain(`verified: ${userInfo().username} approved this change at`);
    expect((await sandbox.run(['verify'])).stdout).not.toContain('unsealed');
  });
});
