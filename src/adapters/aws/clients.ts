/**
 * Makes the AWS SDK clients, each on first use, all with the same few settings; each region has its own, and with
 * them its own rate limit.
 *
 * Profile, region, credentials and `AWS_ENDPOINT_URL` are left to the SDK's own resolution; this file
 * only asks what came of it. Importing it loads nothing of the SDK.
 * Source: AWS SDKs and Tools Reference Guide, "Retry behavior" (adaptive mode) and "Service-specific
 * endpoints" (`AWS_ENDPOINT_URL`).
 */

import type { BackupClient } from '@aws-sdk/client-backup';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { RDSClient, RDSClientConfig } from '@aws-sdk/client-rds';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { STSClient } from '@aws-sdk/client-sts';
import { MusterError } from '../../core/errors.ts';

/** Keys to sign calls with, as the SDK takes them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** What may be set from outside; everything else is the SDK's own resolution. */
export interface ClientOptions {
  readonly region?: string;
  /** Asked instead of AWS, and written into every inventory and drill record. */
  readonly endpoint?: string;
  /** Fixed ones, or where to get them; asked again before they expire. */
  readonly credentials?: Credentials | (() => Promise<Credentials>);
  /** Answers calls without a network: the lab on a virtual clock. */
  readonly requestHandler?: NonNullable<RDSClientConfig['requestHandler']>;
  /** Calls made for one answer, the first included; 4 unless told. */
  readonly attemptsMax?: number;
  /** How long one call may take, answer included; 30 unless told. */
  readonly requestSecondsMax?: number;
}

/** SDK clients for one region of one account, made when first asked for. */
export interface Clients {
  sts(): Promise<STSClient>;
  rds(): Promise<RDSClient>;
  backup(): Promise<BackupClient>;
  kms(): Promise<KMSClient>;
  iam(): Promise<IAMClient>;
  /** Buckets are named in the path: endpoints that stand in for AWS know no host for each. */
  s3(): Promise<S3Client>;
  sns(): Promise<SNSClient>;
  /** Gives up sooner than the others: nothing hangs on what it tells. */
  cloudWatch(): Promise<CloudWatchClient>;
  /** @throws MusterError `MUSTER_REGION_MISSING` when nothing names one. */
  region(): Promise<string>;
  /** Null when AWS itself is asked; otherwise the endpoint, without credentials or query. */
  endpoint(): Promise<string | null>;
  /** Clients with the same settings but for those named; all of them close together. */
  elsewhere(options: Pick<ClientOptions, 'region' | 'credentials' | 'attemptsMax'>): Clients;
  /** Closes idle connections. */
  close(): void;
}

/** Stands for an injected request handler that names no endpoint, so that it can never pass for AWS. */
export const INJECTED_ENDPOINT = 'injected';

const ATTEMPTS_MAX = 4;
const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_SECONDS_MAX = 30;
/** Of a call that nothing hangs on; a network without a way to CloudWatch must not hold up the rest. */
const OPTIONAL = { attemptsMax: 2, requestSecondsMax: 5 } as const;
const AWS_HOSTS = ['.amazonaws.com', '.amazonaws.com.cn', '.api.aws'];

/** Makes the clients of one region; nothing is loaded or called before one of them is used. */
export function createClients(options: ClientOptions = {}): Clients {
  const usual = configOf(options);
  const made: { destroy(): void }[] = [];
  const make = <T extends { destroy(): void }>(
    load: () => Promise<new (config: object) => T>,
    config: object = usual,
  ): (() => Promise<T>) =>
    once(async () => {
      const Client = await load();
      const client = withoutNodeVersionWarning(() => new Client(config));
      made.push(client);
      return client;
    });

  const sts = make(async () => (await import('@aws-sdk/client-sts')).STSClient);
  const rds = make(async () => (await import('./narrow-protocol.ts')).NarrowRdsClient);
  const backup = make(async () => (await import('@aws-sdk/client-backup')).BackupClient);
  const kms = make(async () => (await import('@aws-sdk/client-kms')).KMSClient);
  const sns = make(async () => (await import('@aws-sdk/client-sns')).SNSClient);
  const iam = make(async () => (await import('@aws-sdk/client-iam')).IAMClient);
  const s3 = make(async () => (await import('@aws-sdk/client-s3')).S3Client, {
    ...usual,
    forcePathStyle: true,
    followRegionRedirects: true,
  });
  const cloudWatch = make(
    async () => (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient,
    configOf(boundedBy(options)),
  );

  return {
    sts,
    rds,
    backup,
    kms,
    iam,
    sns,
    s3,
    cloudWatch,
    region: once(async () => regionOf(await rds())),
    endpoint: once(async () => {
      if (options.endpoint !== undefined) return printEndpoint(options.endpoint);
      if (options.requestHandler !== undefined) return INJECTED_ENDPOINT;
      for (const client of [await rds(), await sts(), await backup(), await kms()]) {
        const found = await configuredEndpoint(client.config);
        if (found !== null) return found;
      }
      return null;
    }),
    elsewhere: (other) => {
      const child = createClients({ ...options, ...other });
      made.push({ destroy: child.close });
      return child;
    },
    close: () => {
      for (const client of made) client.destroy();
    },
  };
}

function boundedBy(options: ClientOptions): ClientOptions {
  return {
    ...options,
    attemptsMax: Math.min(options.attemptsMax ?? ATTEMPTS_MAX, OPTIONAL.attemptsMax),
    requestSecondsMax: Math.min(options.requestSecondsMax ?? REQUEST_SECONDS_MAX, OPTIONAL.requestSecondsMax),
  };
}

function configOf(options: ClientOptions): RDSClientConfig {
  return {
    retryMode: 'adaptive',
    maxAttempts: options.attemptsMax ?? ATTEMPTS_MAX,
    requestHandler: options.requestHandler ?? {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: (options.requestSecondsMax ?? REQUEST_SECONDS_MAX) * 1_000,
      // Without it the SDK only warns, and an endpoint that hangs is waited for without end.
      throwOnRequestTimeout: true,
    },
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  };
}

async function regionOf(client: RDSClient): Promise<string> {
  try {
    return await client.config.region();
  } catch (cause) {
    // The SDK throws a bare Error here, so the place of the throw has to stand for a code.
    throw new MusterError('MUSTER_REGION_MISSING', 'no AWS region is set', { cause });
  }
}

async function configuredEndpoint(config: {
  readonly ignoreConfiguredEndpointUrls?: boolean;
  readonly serviceConfiguredEndpoint?: () => Promise<string | undefined>;
}): Promise<string | null> {
  if (config.ignoreConfiguredEndpointUrls) return null;
  const url = await config.serviceConfiguredEndpoint?.();
  return url === undefined ? null : printEndpoint(url);
}

/** Host and path only: a URL may carry a password. Null for AWS's own hosts, VPC endpoints among them. */
function printEndpoint(text: string): string | null {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (AWS_HOSTS.some((suffix) => url.hostname.endsWith(suffix))) return null;
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`;
}

/**
 * Makes a client while the SDK's one warning about Node 20 is held back; every other warning passes.
 *
 * The SDK gives it neither a name nor a code, and emits it inside the constructor of the first client,
 * so the beginning of its text is matched and only for the length of that call. The environment
 * variable that silences it would be inherited by child processes.
 */
function withoutNodeVersionWarning<T>(make: () => T): T {
  const emitWarning = process.emitWarning;
  const filtered = (warning: string | Error, ...rest: unknown[]): void => {
    if (typeof warning === 'string' && warning.startsWith('NodeVersionSupportWarning:')) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  process.emitWarning = filtered;
  try {
    return make();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
