/**
 * Whoever is told of alerts.
 *
 * A receiver is asked again until it takes an alert or will never take it; what it is told has no secrets in it.
 */

import type { Alert } from '../alert/alert.ts';

/** One receiver of alerts: a webhook, a topic, a channel. */
export interface AlertReceiver {
  /** As the service file names it; stands in jobs and logs. */
  readonly name: string;
  /** Whether it wants that alert. */
  wants(alert: Alert): boolean;
  /**
   * Delivers it; the same alert may be delivered twice and bears the same id then.
   *
   * @throws MusterError `MUSTER_AWS_UNAVAILABLE` or `MUSTER_ENDPOINT_UNREACHABLE` where it may be taken later,
   *   `MUSTER_SERVICE_INVALID` where it never will be.
   */
  deliver(alert: Alert, signal: AbortSignal): Promise<void>;
}

/** What is told, from time to time, that all is well, so that somebody notices when it is not. */
export interface Heartbeat {
  beat(signal: AbortSignal): Promise<void>;
}
