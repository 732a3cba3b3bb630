/** A fleet of the lab: many accounts, each with a role to assume and a database in every region. */

import type { Scope } from '../../src/core/arn.ts';
import type { Instant } from '../../src/core/time.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { type EstateInput, emptyPlace, type Instance } from '../../src/lab/world.ts';

export const FLEET_REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2', 'ap-south-1'] as const;
export const FLEET_EXTERNAL_ID = 'fleet-4711';

/** The account of that number; the first is our own. */
export function fleetAccount(index: number): string {
  return index === 0 ? '123456789012' : String(200_000_000_000 + index);
}

/** The role to assume there. */
export function fleetRole(index: number): string {
  return `arn:aws:iam::${fleetAccount(index)}:role/muster-reader`;
}

/** Every place of so many accounts. */
export function fleetPlaces(accounts: number): readonly Scope[] {
  return Array.from({ length: accounts }, (_, index) =>
    FLEET_REGIONS.map((region) => ({ accountId: fleetAccount(index), region })),
  ).flat();
}

/** One instance in each place; the roles of some accounts want another external id than the fleet's. */
export function fleetEstate(accounts: number, denied: readonly number[]): (at: Instant) => EstateInput {
  return (at) => {
    const story = datatalks(at);
    const like = story.place.instances.find(({ clusterResourceId }) => clusterResourceId === null);
    if (like === undefined) throw new Error('the estate of the story has changed');
    const [place, ...elsewhere] = fleetPlaces(accounts).map((scope) => ({
      ...emptyPlace(scope),
      instances: [instanceOf(like, scope)],
    }));
    if (place === undefined) throw new Error('a fleet has an account');
    const roles = Array.from({ length: accounts - 1 }, (_, index) => index + 1).map((index) => ({
      arn: fleetRole(index),
      externalId: denied.includes(index) ? 'another' : FLEET_EXTERNAL_ID,
    }));
    return { ...story, place, elsewhere, roles };
  };
}

function instanceOf(like: Instance, { accountId, region }: Scope): Instance {
  return { ...like, identifier: 'orders', resourceId: `db-${accountId}${region.toUpperCase()}`, kmsKeyArn: null };
}
