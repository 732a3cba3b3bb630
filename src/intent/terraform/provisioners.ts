/**
 * Blocks whose provisioners run commands of their own: what those do is in no plan.
 *
 * Of the configuration only the addresses of blocks and the types of their provisioners pass; expressions hold
 * secrets and are never looked at. Source: Terraform internals, "JSON Output Format", configuration
 * representation (`module_calls`, `resources[].provisioners[].type`); destroy-time ones are not told apart there.
 */

import { isJsonObject, memberOf } from './json-text.ts';

/** Block addresses, without indices, with the types of provisioners that run there, such as `local-exec`. */
export function provisionersOf(configuration: unknown): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const root = isJsonObject(configuration) ? memberOf(configuration, 'root_module') : null;
  const waiting: { module: unknown; prefix: string }[] = [{ module: root, prefix: '' }];
  // A list instead of recursion: modules nest as deep as somebody likes.
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { module, prefix } = next;
    if (!isJsonObject(module)) continue;
    for (const resource of listAt(module, 'resources')) {
      const types = listAt(resource, 'provisioners').map((provisioner) => textAt(provisioner, 'type') ?? 'unknown');
      const address = textAt(resource, 'address');
      if (types.length > 0 && address !== null) found.set(`${prefix}${address}`, types);
    }
    const calls = memberOf(module, 'module_calls');
    for (const [name, call] of isJsonObject(calls) ? Object.entries(calls) : []) {
      if (isJsonObject(call)) waiting.push({ module: memberOf(call, 'module'), prefix: `${prefix}module.${name}.` });
    }
  }
  return found;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = isJsonObject(value) ? memberOf(value, name) : null;
  return Array.isArray(list) ? list : [];
}

function textAt(value: unknown, name: string): string | null {
  const text = isJsonObject(value) ? memberOf(value, name) : null;
  return typeof text === 'string' && /^[^\p{Cc}]+$/u.test(text) ? text : null;
}
