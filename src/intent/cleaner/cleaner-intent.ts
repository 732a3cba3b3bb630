/**
 * A cleaner's rules against what exists -> Intent: everything that a run would take.
 *
 * Pure. A thing is taken unless its rule surely leaves it out. Where a config applies and nothing was read is unknown, and
 * so is a part that nobody understood.
 * Source: the calls that each tool makes, as its own file names them; `aws-backup-facts.md` section 2.
 */

import { printScope, type Scope } from '../../core/arn.ts';
import type { Inventory } from '../../inventory/model.ts';
import type { Change, Intent } from '../action.ts';
import { oneLine } from '../command/printing.ts';
import { type Finding, notUnderstood } from '../terraform/finding.ts';
import { ask } from './ask.ts';
import { type CleanerNote, type CleanerRule, type CleanerRules, type Reach, THING_KINDS } from './rule.ts';
import { type Thing, thingsOf } from './thing.ts';
import { treat } from './treat.ts';

/** What a run of a cleaner would do to what an inventory holds. */
export function cleanerIntent(rules: CleanerRules, inventory: Inventory): Intent {
  const things = thingsOf(inventory);
  const changes = rules.parts.flatMap(({ reach, rules: selecting, notes }) => {
    const scopes = inventory.scopes.filter((scope) => reaches(reach, scope));
    const isElsewhere = inventory.scopes.every(({ accountId }) => !isForAccount(reach, accountId));
    // The tool is run by one account at a time; that of another part is judged when that one is read.
    if (isElsewhere) return [];
    return [
      ...inOrder(selecting).flatMap((rule) => takenBy(rule, things, scopes, inventory)),
      ...notes.map((note) => noted(note, scopes)),
      ...unreadRegions(reach, inventory),
    ];
  });
  const all = [...changes, ...unreadAccounts(rules, inventory)];
  return {
    source: 'cleaner',
    digest: rules.digest,
    scope: null,
    changes: all,
    actions: all.flatMap(({ steps }) => steps),
    signals: [],
    stateSeen: false,
  };
}

function takenBy(
  rule: CleanerRule,
  things: readonly Thing[],
  scopes: readonly Scope[],
  inventory: Inventory,
): Change[] {
  const within = new Set(scopes.map(printScope));
  if (rule.takes === 'backup_plan') return scopes.map((scope) => changeOf(rule.address, plansOf(rule, scope)));
  return things
    .filter((thing) => thing.kind === rule.takes && within.has(printScope(thing.scope)))
    .filter((thing) => ask(rule.selects, thing, inventory.observedAt) !== 'no')
    .flatMap((thing) => {
      const finding = treat(rule.treatment, thing);
      return finding === null ? [] : [changeOf(`${rule.address}: ${thing.name}`, finding)];
    });
}

/** Plans are not in the inventory; without them no new recovery points come. */
function plansOf({ address }: CleanerRule, scope: Scope): Finding {
  const target = { arn: null, resourceId: null, identifier: address, scope };
  return { class: 'disarm', steps: [{ kind: 'stop_future_backups', target }] };
}

function noted({ address: name, why }: CleanerNote, scopes: readonly Scope[]): Change {
  const address = oneLine(name);
  if (why === null) return changeOf(address, { class: 'other_destroy', steps: [] });
  const [scope] = scopes;
  const target = scopes.length === 1 && scope ? { arn: null, resourceId: null, identifier: address, scope } : address;
  return changeOf(address, notUnderstood(target, why));
}

/** Regions that the config is for and that nobody read, in accounts that were read. */
function unreadRegions(reach: Reach, { scopes }: Inventory): Change[] {
  if (reach.regions === null) return [];
  if (reach.regions === 'every') {
    const read = scopes.map(({ region }) => region).join(', ');
    return [changeOf('regions', notUnderstood('regions', `it runs in every region; read was ${read || 'none'}`))];
  }
  const accounts = [...new Set(scopes.map(({ accountId }) => accountId))].filter((id) => isForAccount(reach, id));
  const read = new Set(scopes.map(printScope));
  return accounts.flatMap((accountId) =>
    [...new Set(reach.regions === null ? [] : reach.regions)]
      .map((region) => ({ accountId, region }))
      // Nothing that a restore needs is global.
      .filter((scope) => scope.region !== 'global' && !read.has(printScope(scope)))
      .map((scope) => unreadChange(scope, 'nothing was read in a region that it runs in')),
  );
}

/** When a config is for none of the accounts that were read, what it takes was not seen at all. */
function unreadAccounts({ parts }: CleanerRules, { scopes }: Inventory): Change[] {
  const open = parts.filter(({ reach }) => reach.accounts?.some((id) => !reach.refused.includes(id)) ?? true);
  if (open.length === 0) return [];
  const isRead = parts.some(({ reach }) => scopes.some(({ accountId }) => isNamed(reach, accountId)));
  if (isRead) return [];
  return [changeOf('accounts', notUnderstood('accounts', 'it is for other accounts than the one that was read'))];
}

function unreadChange(scope: Scope, why: string): Change {
  const target = { arn: null, resourceId: null, identifier: printScope(scope), scope };
  return changeOf(printScope(scope), notUnderstood(target, why));
}

function reaches(reach: Reach, scope: Scope): boolean {
  if (!isForAccount(reach, scope.accountId)) return false;
  return reach.regions === null || reach.regions === 'every' || reach.regions.includes(scope.region);
}

/** The tool would run in it: the config names it, and does not refuse it. */
function isForAccount(reach: Reach, accountId: string): boolean {
  return isNamed(reach, accountId) && !reach.refused.includes(accountId);
}

function isNamed({ accounts }: Reach, accountId: string): boolean {
  return accounts === null || accounts.includes(accountId);
}

/** Copies first, then databases, vaults and keys: an order in which no later deletion could save an earlier thing. */
function inOrder(rules: readonly CleanerRule[]): readonly CleanerRule[] {
  return [...rules].sort((a, b) => THING_KINDS.indexOf(a.takes) - THING_KINDS.indexOf(b.takes));
}

function changeOf(address: string, { class: kind, steps }: Finding): Change {
  return {
    address: oneLine(address),
    actions: [kind === 'disarm' || kind === 'update' ? 'modify' : 'delete'],
    class: kind,
    steps,
  };
}
