/**
 * What must hold between the parts of a policy file, once each part is well formed by itself.
 *
 * A policy that contradicts itself is refused at the place where it does: nothing is chosen in silence. Each fault
 * is placed at the later of two parts, and names the earlier.
 */

import { canonicalJson } from '../core/canonical.ts';
import type { PolicyEnvironment } from './environments.ts';
import type { Selector } from './selector.ts';
import type { PolicyWaiver } from './waivers.ts';

/** The parts that speak of each other. */
export interface Parts {
  readonly environments: readonly PolicyEnvironment[];
  readonly databases: readonly { readonly match: Selector }[];
  readonly waivers: readonly PolicyWaiver[];
}

/** A contradiction: where it stands, and what must hold instead. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Every contradiction of a policy, in the order of these rules; none in one that holds together. */
export function contradictionsIn(parts: Parts): readonly Contradiction[] {
  return [...accountsNamedTwice(parts), ...environmentsNotDeclared(parts), ...waiversGivenTwice(parts)];
}

function accountsNamedTwice({ environments }: Parts): readonly Contradiction[] {
  const all = environments.flatMap(({ name, accounts }) =>
    accounts.map((account, index) => ({ name, account, index })),
  );
  return all.flatMap(({ name, account, index }, at) => {
    const earlier = all.slice(0, at).find((other) => other.account === account);
    if (earlier === undefined) return [];
    const message = `each account must be named once: environments.${earlier.name} has it already`;
    return [{ path: ['environments', name, 'accounts', index], message }];
  });
}

function environmentsNotDeclared({ environments, databases, waivers }: Parts): readonly Contradiction[] {
  const names = environments.map(({ name }) => name);
  const accepted =
    names.length === 0 ? 'one that is declared under environments; none is' : `one of ${names.join(', ')}`;
  const undeclared = (key: string, items: readonly { readonly match: Selector }[]) =>
    items.flatMap(({ match: { environment } }, index) =>
      environment === undefined || names.includes(environment)
        ? []
        : [{ path: [key, index, 'match', 'environment'], message: accepted }],
    );
  return [...undeclared('databases', databases), ...undeclared('waivers', waivers)];
}

function waiversGivenTwice({ waivers }: Parts): readonly Contradiction[] {
  const keys = waivers.map(({ reason, match }) => canonicalJson({ reason, match }));
  return keys.flatMap((key, index) => {
    const earlier = keys.indexOf(key);
    if (earlier === index) return [];
    const message = `a reason must be waived once for the same databases: waivers.${earlier} does it already`;
    return [{ path: ['waivers', index, 'reason'], message }];
  });
}
