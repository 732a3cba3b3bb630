/**
 * Opens a connection with patience: waits for a server that starts, and gives up on one that refuses.
 *
 * Given a driver's way to dial once, encrypted or not. A certificate that cannot be trusted ends it at once, and so does
 * a refused sign-in; neither is tried again, and neither falls back to the clear. The password is handed to the driver
 * and kept nowhere.
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { Login } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import type { SqlConnection } from './connection.ts';
import { codeOf, isCertificateFault, isPassing, isSignInFault, messageOf, SilentServer } from './faults.ts';
import type { ProbeLimits } from './limits.ts';
import { isLoopback, type TlsSettings, tlsSettings } from './trust.ts';

/** One driver's way in. */
export interface Dialer<C extends SqlConnection = SqlConnection> {
  /** One attempt; `tls` null for the clear. Leaves no socket behind when it throws. */
  dial(login: Login, tls: TlsSettings | null, limits: ProbeLimits): Promise<C>;
  /** True for the fault that says that the server offers no TLS. */
  offersNoTls(error: unknown): boolean;
}

/** How a connection is opened. */
export interface ConnectOptions {
  readonly limits: ProbeLimits;
  /** Certificates of further authorities, in PEM form. */
  readonly ca: readonly string[];
}

/**
 * An open connection.
 *
 * @throws MusterError `MUSTER_DRILL_FAILED` when sign-in is refused, the certificate is not trusted, or nothing answers.
 */
export async function connectPatiently<C extends SqlConnection>(
  dialer: Dialer<C>,
  login: Login,
  { limits, ca }: ConnectOptions,
): Promise<C> {
  const tls = await tlsSettings(ca);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dialTrusted(dialer, login, tls, limits);
    } catch (error) {
      if (!isPassing(error) || attempt >= limits.attemptsMax) throw refusal(dialer, login, error, attempt);
      await wait(limits.waitSeconds * 1000);
    }
  }
}

async function dialTrusted<C extends SqlConnection>(
  dialer: Dialer<C>,
  login: Login,
  tls: TlsSettings,
  limits: ProbeLimits,
): Promise<C> {
  try {
    return await dialer.dial(login, tls, limits);
  } catch (error) {
    if (!isLoopback(login.endpoint.host) || !dialer.offersNoTls(error)) throw error;
    return dialer.dial(login, null, limits);
  }
}

/** Only ever the codes and TLS's own words: a driver's message could quote what it was given. */
function refusal(dialer: Dialer, login: Login, error: unknown, attempts: number): MusterError {
  if (error instanceof MusterError) return error;
  const { host, port } = login.endpoint;
  const fail = (what: string) => new MusterError('MUSTER_DRILL_FAILED', `${host}:${port} ${what}`);
  const code = codeOf(error);
  if (isSignInFault(error)) return fail(`refuses to sign in ${login.username} (${code})`);
  if (isCertificateFault(error)) return fail(`has no certificate that can be trusted: ${messageOf(error)} (${code})`);
  if (dialer.offersNoTls(error)) return fail('offers no encryption, and is not this machine');
  const why = code === '' ? (error instanceof SilentServer ? 'no answer' : 'the connection broke') : code;
  return fail(`cannot be connected to${attempts === 1 ? '' : ` after ${attempts} attempts`} (${why})`);
}
