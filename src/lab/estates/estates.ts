/**
 * The estates a lab can start with, by name.
 *
 * Each is a function of the instant the lab starts at, so that backups and rows are always as old as the
 * story needs them to be.
 */

import type { Instant } from '../../core/time.ts';
import { type EstateInput, emptyPlace } from '../world.ts';
import { datatalks } from './datatalks.ts';

/** Names of estates. */
export type EstateName = 'datatalks' | 'empty';

/** The estate of that name. */
export function estateNamed(name: EstateName): (at: Instant) => EstateInput {
  return name === 'datatalks' ? datatalks : empty;
}

/** An account with nothing in it, for Terraform to fill. */
export function empty(_at: Instant): EstateInput {
  return { place: emptyPlace({ accountId: '123456789012', region: 'eu-west-1' }), volumes: {} };
}
