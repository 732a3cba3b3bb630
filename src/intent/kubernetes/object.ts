/**
 * A Kubernetes object, as far as readers of intent need it: what it is, what it is called, its annotations.
 *
 * Given a parsed document. `live` tells an object that the API server has seen from a manifest that somebody wrote: a
 * manifest names what is deleted, and the object in the cluster, which nobody sees here, says how.
 * Source: Kubernetes API conventions, "Metadata"; ObjectMeta `uid`, `deletionTimestamp`, `finalizers`.
 */

import { oneLine } from '../command/printing.ts';
import { below, misfit, objectHere, objectUnder, type Place, textUnder } from '../document-text.ts';
import { isJsonObject, type JsonObject, memberOf } from '../terraform/json-text.ts';

/** One object. */
export interface KubeObject {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
  /** The API server has seen it. */
  readonly live: boolean;
  /** Its deletion was asked for and waits for finalizers. */
  readonly deleting: boolean;
  readonly spec: JsonObject;
  readonly status: JsonObject;
  readonly place: Place;
}

/**
 * Reads an object.
 *
 * @throws MusterError of the place when it is no Kubernetes object.
 */
export function readObject(value: unknown, place: Place): KubeObject {
  const object = objectHere(value, place);
  const apiVersion = textUnder(object, 'apiVersion', place);
  const kind = textUnder(object, 'kind', place);
  if (apiVersion === null) throw misfit(below(place, 'apiVersion'), 'missing; expected such as apps/v1');
  if (kind === null) throw misfit(below(place, 'kind'), 'missing; expected such as DBInstance');
  const metadataPlace = below(place, 'metadata');
  const metadata = objectUnder(object, 'metadata', place);
  return {
    group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
    kind,
    name: textUnder(metadata, 'name', metadataPlace) ?? '',
    namespace: textUnder(metadata, 'namespace', metadataPlace),
    annotations: annotationsOf(metadata, metadataPlace),
    finalizers: finalizersOf(metadata, metadataPlace),
    live: textUnder(metadata, 'uid', metadataPlace) !== null,
    deleting: textUnder(metadata, 'deletionTimestamp', metadataPlace) !== null,
    spec: objectUnder(object, 'spec', place),
    status: objectUnder(object, 'status', place),
    place,
  };
}

/** The annotation of a name; null when there is none. */
export function annotationOf({ annotations }: KubeObject, name: string): string | null {
  return Object.hasOwn(annotations, name) ? (annotations[name] ?? null) : null;
}

/** `DBInstance.rds.services.k8s.aws shop/orders`. */
export function addressOf({ group, kind, name, namespace }: KubeObject): string {
  const path = namespace === null ? name : `${namespace}/${name}`;
  return oneLine(`${[kind, group].filter(Boolean).join('.')} ${path || '(no name)'}`);
}

/** The value at the end of a path of keys; undefined when any of them is missing. */
export function deep(object: JsonObject, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? memberOf(value as JsonObject, name) : undefined;
  }, object);
}

/** The text at the end of a path of keys; null when there is none. */
export function deepText(object: JsonObject, ...path: readonly string[]): string | null {
  const value = deep(object, ...path);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A value with its keys as the Terraform provider spells them. */
export function inProviderWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inProviderWords);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [inSnakeCase(name), inProviderWords(inner)]));
}

/** `dbInstanceIdentifier` as `db_instance_identifier`. */
export function inSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`);
}

function annotationsOf(metadata: JsonObject, place: Place): Readonly<Record<string, string>> {
  const annotations = objectUnder(metadata, 'annotations', place);
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(annotations)) {
    if (typeof value !== 'string') throw misfit(below(place, 'annotations'), 'expected text as every value, in quotes');
    texts[name] = value;
  }
  return texts;
}

function finalizersOf(metadata: JsonObject, place: Place): readonly string[] {
  const finalizers = memberOf(metadata, 'finalizers');
  if (finalizers === undefined || finalizers === null) return [];
  if (Array.isArray(finalizers) && finalizers.every((item) => typeof item === 'string')) return finalizers;
  throw misfit(below(place, 'finalizers'), 'expected a list of text');
}
