/**
 * The address of one instance, as Terraform prints it: `module.a["x"].aws_db_instance.orders[0]`.
 *
 * A state keeps the parts apart, a plan prints them joined; the two are compared, so the quoting is Terraform's own.
 * Source: hashicorp/terraform `internal/addrs/instance_key.go`, toHCLQuotedString; each case printed by Terraform 1.11.4.
 */

/**
 * @param module The module's address, keys included; null for the root module.
 * @param block Type and name.
 * @param key Of `count` (a number) or `for_each` (text); null for a block without either.
 */
export function instanceAddress(module: string | null, block: string, key: string | number | null): string {
  const prefix = module === null ? '' : `${module}.`;
  return `${prefix}${block}${key === null ? '' : `[${typeof key === 'number' ? key : quoted(key)}]`}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

function quoted(key: string): string {
  const text = [...key]
    .map((character) => ESCAPES[character] ?? (isPrintable(character) ? character : escaped(character)))
    .join('');
  return `"${text.replaceAll(/([$%])\{/g, '$1$1{')}"`;
}

/** What Go's `unicode.IsPrint` takes for printable. */
function isPrintable(character: string): boolean {
  return character === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
