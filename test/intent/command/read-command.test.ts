/**
 * The intent as a whole: digest, order, scope, and a command given as words.
 */

import { describe, expect, it } from 'vitest';
import { readCommand } from '../../../src/intent/command/read-command.ts';
import { HERE, shell } from './support.ts';

const ARGV = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders'];

describe('the digest', () => {
  it('is the same for the same words in the same place, and no other', () => {
    const digest = (argv: readonly string[], scope = HERE) => readCommand({ argv }, { scope }).digest;
    expect(digest(ARGV)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digest(ARGV)).toBe(digest([...ARGV]));
    expect(digest(ARGV)).not.toBe(digest([...ARGV, '--skip-final-snapshot']));
    expect(digest(ARGV)).not.toBe(digest(ARGV, { ...HERE, region: 'us-east-1' }));
    expect(digest(['a b'])).not.toBe(digest(['a', 'b']));
    expect(digest(['ls'])).not.toBe(shell('ls').digest);
  });
});

describe('a command given as words', () => {
  it('is read without a shell', () => {
    const intent = readCommand({ argv: [...ARGV.slice(0, 4), '$X'] }, { scope: HERE });
    expect(intent.actions[0]).toMatchObject({ kind: 'delete_db_instance', target: { identifier: '$x' } });
    expect(readCommand({ argv: ['echo', '$(aws rds x)', ';', 'frobnicate'] }, { scope: HERE }).actions).toEqual([]);
  });

  it('is read by a shell when it is one word', () => {
    expect(readCommand({ argv: [ARGV.join(' ')] }, { scope: HERE }).actions).toHaveLength(1);
    expect(readCommand({ argv: ['sh', '-c', ARGV.join(' ')] }, { scope: HERE }).actions).toHaveLength(1);
  });

  it('is unknown when there is none', () => {
    expect(readCommand({ argv: [] }, { scope: HERE }).changes).toEqual([expect.objectContaining({ class: 'unknown' })]);
    expect(readCommand({ argv: [''] }, { scope: HERE }).actions).toEqual([]);
  });
});

describe('the intent', () => {
  it('holds commands in the order in which a shell comes to them', () => {
    const intent = shell(
      [
        'aws rds modify-db-instance --db-instance-identifier orders --no-deletion-protection',
        'echo $(aws rds delete-db-snapshot --db-snapshot-identifier a) && aws rds delete-db-snapshot --db-snapshot-identifier b',
        'aws rds delete-db-instance --db-instance-identifier orders',
      ].join('\n'),
    );
    expect(intent.changes.map(({ class: kind }) => kind)).toEqual(['disarm', 'destroy', 'none', 'destroy', 'destroy']);
    expect(intent.actions.map(({ kind, target }) => `${kind} ${target.identifier}`)).toEqual([
      'modify_db_instance orders',
      'delete_db_snapshot a',
      'delete_db_snapshot b',
      'delete_db_instance orders',
    ]);
  });

  it('is of a command and saw no state', () => {
    expect(shell('ls')).toMatchObject({ source: 'command', stateSeen: false, scope: null, signals: [] });
  });

  it('runs where all its steps run', () => {
    const remove = 'rds delete-db-snapshot --db-snapshot-identifier';
    expect(shell(`aws ${remove} a; aws ${remove} b`).scope).toEqual(HERE);
    expect(shell(`aws ${remove} a; aws --region us-east-1 ${remove} b`).scope).toBeNull();
    expect(shell(`aws ${remove} a; frobnicate`).scope).toBeNull();
    expect(readCommand({ shell: `aws ${remove} a` }, { scope: null }).scope).toBeNull();
  });
});
