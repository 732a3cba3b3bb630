/**
 * Conformance: `aws s3api`, whose botocore is not under our control, drives the lab's S3 over HTTP.
 *
 * Skips loudly where there is no `aws`. Every call is a separate process, so these are few.
 */

import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Lab, startS3Lab } from '../support/s3-lab.ts';

const hasAws = onPath();
if (!hasAws) process.stderr.write('\nSKIPPED: no aws CLI on PATH, so botocore was not held against the lab’s S3\n');

function onPath(): boolean {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasAws)('aws s3api', { timeout: 60_000 }, () => {
  let lab: S3Lab;
  let folder: string;

  beforeAll(async () => {
    lab = await startS3Lab();
    folder = mkdtempSync(join(tmpdir(), 'muster-s3-cli-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await lab.close();
  });

  async function s3api(...argv: string[]) {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'AKIACLI',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: lab.endpoint,
      AWS_MAX_ATTEMPTS: '1',
      AWS_PAGER: '',
    };
    const { stdout } = await promisify(execFile)('aws', ['s3api', ...argv, '--output', 'json'], { env });
    return stdout === '' ? null : JSON.parse(stdout);
  }

  it('makes a locked bucket, puts, reads, lists, and cannot remove what is retained', async () => {
    const [given, got] = [join(folder, 'given'), join(folder, 'got')];
    writeFileSync(given, Buffer.from([0xff, 0x00, 0xc3, 0x28]));
    const at = ['--bucket', 'records', '--key', 'r/one'];
    await s3api(
      ...['create-bucket', '--bucket', 'records', '--object-lock-enabled-for-bucket'],
      ...['--create-bucket-configuration', 'LocationConstraint=eu-west-1'],
    );
    const lock = await s3api('get-object-lock-configuration', '--bucket', 'records');
    expect(lock.ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled' });
    const { VersionId } = await s3api(
      ...['put-object', ...at, '--body', given, '--if-none-match', '*', '--object-lock-mode', 'COMPLIANCE'],
      ...['--object-lock-retain-until-date', '2026-12-23T04:00:00Z'],
    );
    await s3api('get-object', ...at, got);
    expect(readFileSync(got).equals(readFileSync(given))).toBe(true);
    const { Contents } = await s3api('list-objects-v2', '--bucket', 'records', '--prefix', 'r/');
    expect(Contents).toMatchObject([{ Key: 'r/one', Size: 4 }]);
    await expect(s3api('delete-object', ...at, '--version-id', VersionId)).rejects.toThrow('AccessDenied');
    await expect(s3api('put-object', ...at, '--body', given, '--if-none-match', '*')).rejects.toThrow(
      'PreconditionFailed',
    );
  });
});
