/**
 * Where the end-to-end test works: an empty lab, a folder for Terraform and a folder for Muster.
 *
 * Both programs are given a small environment of their own and a home of their own, so that neither the settings of
 * whoever runs the test nor an account of theirs is within reach. Closing it leaves nothing behind.
 */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RDSClient } from '@aws-sdk/client-rds';
import { createClients } from '../../src/adapters/aws/clients.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { PROVIDER_VERSION, type Terraform } from './find-terraform.ts';

const KEYS = { accessKeyId: 'AKIAENDTOEND', secretAccessKey: 'not-a-secret' };
const MAIN = join(import.meta.dirname, '../../dist/main.js');
/** Terraform answers an interrupt by ending its provider as well, which a kill would leave running. */
const GRACE_MS = 20_000;

/** How a command ended. */
export interface Outcome {
  /** Null when a signal ended it. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An open workshop. */
export interface Workshop {
  readonly rds: RDSClient;
  /** The master password; planted, and to be seen nowhere else. */
  readonly canary: string;
  /** Terraform's folder. */
  readonly folder: string;
  /** @throws Error unless it exits 0 in time. */
  terraform(secondsMax: number, ...argv: readonly string[]): Promise<string>;
  /** As it ended, whatever that was. */
  tryTerraform(secondsMax: number, ...argv: readonly string[]): Promise<Outcome>;
  /** Puts resources in the place of those that were there. */
  configure(resources: string): void;
  /** The built command line, as a person would call it. */
  muster(...argv: readonly string[]): Promise<Outcome>;
  /** All that Muster has printed so far and every file below its home, by name. */
  traces(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Opens a workshop around an empty lab.
 *
 * @param resources The resources that Terraform is to make, given the master password.
 */
export async function openWorkshop(terraform: Terraform, resources: (canary: string) => string): Promise<Workshop> {
  const work = mkdtempSync(join(tmpdir(), 'muster-e2e-'));
  const sweep = sweepOnInterrupt(work);
  const lab = await startLab({ estate: 'empty' });
  const clients = createClients({ endpoint: lab.endpoint, region: lab.region, credentials: KEYS });
  const canary = `canary-${randomBytes(12).toString('hex')}`;
  const folder = join(work, 'terraform');
  const home = join(work, 'muster');
  for (const path of [folder, home, join(work, 'tmp')]) mkdirSync(path);
  const configure = (text: string) =>
    writeFileSync(join(folder, 'main.tf'), `${provider(terraform.source, lab)}\n${text}`);
  configure(resources(canary));
  writeFileSync(join(work, 'terraform.rc'), cliSettings(terraform.mirror));
  const common = { PATH: process.env['PATH'], TMPDIR: join(work, 'tmp'), TZ: process.env['TZ'] };
  const printed: string[] = [];
  const tryTerraform = (secondsMax: number, ...argv: readonly string[]) => {
    const env = { ...common, HOME: work, TF_CLI_CONFIG_FILE: join(work, 'terraform.rc'), ...TERRAFORM_QUIET };
    return run([terraform.binary, ...argv], { cwd: folder, env, secondsMax });
  };
  return {
    rds: await clients.rds(),
    canary,
    folder,
    configure,
    tryTerraform,
    terraform: async (secondsMax, ...argv) => {
      const { exit, stdout, stderr } = await tryTerraform(secondsMax, ...argv);
      if (exit !== 0) throw new Error(`${terraform.binary} ${argv.join(' ')} ended with ${exit}\n${stdout}\n${stderr}`);
      return stdout;
    },
    muster: async (...argv) => {
      const env = { ...common, HOME: home, MUSTER_HOME: join(home, 'state'), NO_COLOR: '1', ...awsSettings(lab) };
      const outcome = await run([process.execPath, MAIN, ...argv], { cwd: home, env, secondsMax: 60 });
      printed.push(`muster ${argv.join(' ')}\n${outcome.stdout}${outcome.stderr}`);
      return outcome;
    },
    traces: () => ({ ...filesBelow(home), printed: printed.join('\n') }),
    close: async () => {
      clients.close();
      await lab.close();
      sweep();
    },
  };
}

const TERRAFORM_QUIET = { TF_IN_AUTOMATION: '1', TF_INPUT: '0', TF_CLI_ARGS: '-no-color', CHECKPOINT_DISABLE: '1' };

function provider(source: string, { endpoint, region }: Lab): string {
  return `terraform {
  required_providers {
    aws = {
      source  = "${source}"
      version = "${PROVIDER_VERSION}"
    }
  }
}

provider "aws" {
  region                      = "${region}"
  access_key                  = "${KEYS.accessKeyId}"
  secret_key                  = "${KEYS.secretAccessKey}"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
    rds = "${endpoint}"
    sts = "${endpoint}"
    kms = "${endpoint}"
  }
}
`;
}

/** Only the mirror: without a `direct` block nothing is fetched. */
function cliSettings(mirror: string): string {
  return `provider_installation {
  filesystem_mirror {
    path = ${JSON.stringify(mirror)}
  }
}
`;
}

function awsSettings({ endpoint, region }: Lab): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** In the process group of the test, so that Ctrl-C and the limit of a CI stage reach it too. */
function run(
  [file, ...argv]: readonly [string, ...string[]],
  { cwd, env, secondsMax }: { cwd: string; env: NodeJS.ProcessEnv; secondsMax: number },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const interrupt = setTimeout(() => child.kill('SIGINT'), secondsMax * 1_000);
    const kill = setTimeout(() => child.kill('SIGKILL'), secondsMax * 1_000 + GRACE_MS);
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    const done = (end: () => void) => () => {
      clearTimeout(interrupt);
      clearTimeout(kill);
      end();
    };
    child.on('error', (error) => done(() => reject(error))());
    child.on('close', (exit) => done(() => resolve({ exit, ...texts }))());
  });
}

/** Removes a folder when called, or when a signal ends the process before that. */
function sweepOnInterrupt(folder: string): () => void {
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const onSignal = () => {
    remove();
    process.exit(130);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    remove();
  };
}

function filesBelow(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => join(entry.parentPath, entry.name)).map((path) => [path, readFileSync(path, 'utf8')]),
  );
}
