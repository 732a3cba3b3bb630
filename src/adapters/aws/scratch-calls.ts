/**
 * One call of a drill to AWS, and what came of it.
 *
 * What changes something is sent once: the drill asks again by itself, and must know of each time. What only reads keeps
 * the SDK's retries. Every error is a MusterError; what passes by itself is retryable, under the drill's own deadline.
 * Source: AWS SDKs and Tools Reference Guide, "Retry behavior".
 */

import type { BackupClient } from '@aws-sdk/client-backup';
import type { RDSClient } from '@aws-sdk/client-rds';
import { MusterError } from '../../core/errors.ts';
import type { Clients } from './clients.ts';
import { faultOf, toMusterError } from './faults.ts';
import { followPages, type Page } from './paging.ts';

/** The SDK's module, loaded when it is first needed. */
export type RdsSdk = typeof import('@aws-sdk/client-rds');
/** The same of AWS Backup. */
export type BackupSdk = typeof import('@aws-sdk/client-backup');

/** What came of a call; `exists` and `not_found` may be just what was wanted. */
export type Outcome<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  | { readonly kind: 'exists' | 'not_found' | 'failed'; readonly error: MusterError };

type Ask<Sdk, Client> = <T>(
  action: string,
  send: (sdk: Sdk, client: Client) => Promise<T>,
  options?: { readonly secret?: boolean },
) => Promise<Outcome<T>>;

/** How a drill calls AWS. */
export interface ScratchCalls {
  readonly rds: Ask<RdsSdk, RDSClient>;
  readonly backup: Ask<BackupSdk, BackupClient>;
}

/** Calls that only read. */
export function readingCalls(clients: Clients): ScratchCalls {
  return {
    rds: (action, send, options) =>
      outcomeOf(clients, `rds:${action}`, options, async () =>
        send(await import('@aws-sdk/client-rds'), await clients.rds()),
      ),
    backup: (action, send, options) =>
      outcomeOf(clients, `backup:${action}`, options, async () =>
        send(await import('@aws-sdk/client-backup'), await clients.backup()),
      ),
  };
}

/** Calls that make or change something. */
export function changingCalls(clients: Clients): ScratchCalls {
  return readingCalls(clients.elsewhere({ attemptsMax: 1 }));
}

/** The answer, or the error thrown. */
export function answerOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'answered') return outcome.answer;
  throw outcome.error;
}

/** An answer that is not one AWS gives. */
export function malformed(action: string, what: string): MusterError {
  return new MusterError('MUSTER_DRILL_FAILED', `${action} answered with a malformed item: ${what}`);
}

async function outcomeOf<T>(
  clients: Clients,
  action: string,
  options: { readonly secret?: boolean } = {},
  send: () => Promise<T>,
): Promise<Outcome<T>> {
  try {
    return { kind: 'answered', answer: await send() };
  } catch (thrown) {
    const { kind } = faultOf(thrown);
    const endpoint = (await clients.endpoint()) ?? `AWS in ${await clients.region()}`;
    const context = { action, endpoint, refusedCode: 'MUSTER_DRILL_FAILED', waits: true, ...options } as const;
    return {
      kind: kind === 'exists' || kind === 'not_found' ? kind : 'failed',
      error: toMusterError(thrown, context),
    };
  }
}

/**
 * Everything that a listing holds.
 *
 * @param action Such as `rds:DescribeDBInstances`.
 * @throws MusterError when it could not be read to its end: a shorter list would be taken for the whole.
 */
export async function wholeListing(
  action: string,
  page: (marker: string | undefined) => Promise<Outcome<Page>>,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let failure: MusterError | null = null;
  const fetchPage = async (marker: string | undefined): Promise<Page> => {
    const outcome = await page(marker);
    if (outcome.kind !== 'answered') failure = outcome.error;
    return answerOf(outcome);
  };
  const { cut } = await followPages(fetchPage, (found) => items.push(...found));
  if (failure !== null) throw failure;
  if (cut !== null) {
    throw new MusterError('MUSTER_AWS_UNAVAILABLE', `${action} could not be read to its end: ${cut.cause}`);
  }
  return items;
}
