/**
 * Whether a receiver wants an alert: by its type, and by how loud it is.
 *
 * A receiver that names no types wants them all; one that names no level wants every level.
 */

import { ALERT_LEVELS, type Alert, type AlertLevel, type AlertType } from './alert.ts';

/** What a receiver wants to be told. */
export interface Wanted {
  /** Null for every type. */
  readonly types: readonly AlertType[] | null;
  /** That level and the louder ones; null for every level. */
  readonly level: AlertLevel | null;
}

/** Whether it wants that alert. */
export function isWanted({ type, data }: Alert, { types, level }: Wanted): boolean {
  const ofType = types === null || types.includes(type);
  return ofType && (level === null || ALERT_LEVELS.indexOf(data.level) <= ALERT_LEVELS.indexOf(level));
}
