/**
 * What the tests of alerts share: standings of `orders`, and what an alert comes down to.
 */

import type { Alert } from '../../src/alert/alert.ts';
import { alertsOfStandings, type Looks } from '../../src/alert/alerts-of-standings.ts';
import type { Standing } from '../../src/alert/standing.ts';
import { ENDING_DAYS } from '../../src/alert/standing-of.ts';
import { hoursAgo, NOW } from '../support/builders.ts';

export const ORDERS = 'arn:aws:rds:eu-west-1:123456789012:db:orders';
export const RAISED = { at: NOW, source: 'muster' };

/** `orders`, ready and protected. */
export function aStanding(fields: Partial<Standing> = {}): Standing {
  return {
    databaseArn: ORDERS,
    identifier: 'orders',
    at: NOW,
    verdict: 'ready',
    reasons: [],
    lastSurvivorEndsAt: null,
    endToldDays: null,
    deletionProtection: true,
    retentionDays: 7,
    ...fields,
  };
}

/** `orders` at the look before. */
export function earlier(fields: Partial<Standing> = {}): Standing {
  return aStanding({ at: hoursAgo(1), ...fields });
}

/** What is told of two looks. */
export function told(looks: Pick<Looks, 'before' | 'after'> & Partial<Looks>): readonly Alert[] {
  return alertsOfStandings({ gone: [], endingDays: ENDING_DAYS, ...RAISED, ...looks });
}

/** Type without prefix and version, and level: `verdict.changed critical`. */
export function gist({ type, data }: Alert): string {
  return `${type.replace(/^dev\.muster\.|\.v1$/g, '')} ${data.level}`;
}
