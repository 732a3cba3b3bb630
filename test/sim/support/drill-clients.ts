/**
 * SDK clients for simulated runners, made once and lent to one seed after another.
 *
 * Each slot has an access key of its own, so that the ledger tells the runners apart. Retries are the SDK's, but none of
 * them waits in real time.
 */

import { BackupClient } from '@aws-sdk/client-backup';
import type { Clients } from '../../../src/adapters/aws/clients.ts';
import { NarrowRdsClient } from '../../../src/adapters/aws/narrow-protocol.ts';
import { createScratchOperator } from '../../../src/adapters/aws/scratch-operator.ts';
import type { ScratchOperator } from '../../../src/app/ports.ts';
import type { SdkRequest, SdkResponse } from '../../../src/lab/request-handler.ts';

/** Answers a request of a slot. */
export type Line = (request: SdkRequest) => Promise<{ response: SdkResponse }>;

/** An operator with an access key of its own, and the line that its requests go over. */
export interface Slot {
  readonly accessKeyId: string;
  readonly clients: Clients;
  readonly operator: ScratchOperator;
  connect(line: Line): void;
}

const REGION = 'eu-west-1';
const ATTEMPTS_MAX = 4;
/** Every key of Muster's in a simulation begins so. */
export const MUSTER_KEYS = 'AKIAMUSTER';

/** A slot of that number. */
export function createSlot(number: number): Slot {
  let line: Line = async () => {
    throw new Error('nobody is on this line');
  };
  const accessKeyId = `${MUSTER_KEYS}${number}`;
  const requestHandler = {
    metadata: { handlerProtocol: 'lab' },
    handle: (request: SdkRequest) => line(request),
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  };
  const made = new Map<number, Clients>();
  const clientsOf = (attemptsMax: number): Clients => {
    const found = made.get(attemptsMax);
    if (found !== undefined) return found;
    const config = {
      region: REGION,
      credentials: { accessKeyId, secretAccessKey: 'not-a-secret' },
      // The lab's handler is written against no SDK type; the SDK takes it as it is.
      requestHandler: requestHandler as never,
      retryStrategy: atOnce(attemptsMax),
    };
    const rds = new NarrowRdsClient(config);
    const backup = new BackupClient(config);
    const unused = async (): Promise<never> => {
      throw new Error('a drill has no use for this client');
    };
    const clients: Clients = {
      rds: async () => rds,
      backup: async () => backup,
      sts: unused,
      kms: unused,
      iam: unused,
      cloudWatch: unused,
      s3: unused,
      sns: unused,
      region: async () => REGION,
      endpoint: async () => 'injected',
      elsewhere: (options) => clientsOf(options.attemptsMax ?? attemptsMax),
      close: () => {},
    };
    made.set(attemptsMax, clients);
    return clients;
  };
  const clients = clientsOf(ATTEMPTS_MAX);
  return {
    accessKeyId,
    clients,
    operator: createScratchOperator(clients),
    connect: (next) => {
      line = next;
    },
  };
}

/** The SDK's standard choice of what to try again, without the waiting. */
function atOnce(attemptsMax: number) {
  const token = (retries: number) => ({ getRetryCount: () => retries, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (
      before: { getRetryCount(): number },
      { errorType }: { readonly errorType: string },
    ) => {
      const retries = before.getRetryCount() + 1;
      if (retries >= attemptsMax || errorType === 'CLIENT_ERROR') throw new Error('no more retries');
      return token(retries);
    },
    recordSuccess: () => {},
  };
}
