/**
 * What is worked out of an unchanging thing, worked out once for as long as somebody holds that thing.
 *
 * Values here are never changed after they are made, so that what was worked out of one stays true of it.
 */

/** The same function, which answers for one object once. */
export function oncePer<T extends object, R>(work: (of: T) => R): (of: T) => R {
  const known = new WeakMap<T, { readonly result: R }>();
  return (of) => {
    const found = known.get(of) ?? { result: work(of) };
    known.set(of, found);
    return found.result;
  };
}

/** The same function of a text, which keeps its last answer: things that lie side by side often bear the same text. */
export function keepingLast<R>(work: (of: string) => R): (of: string) => R {
  let last: { readonly of: string; readonly result: R } | null = null;
  return (of) => {
    if (last?.of !== of) last = { of, result: work(of) };
    return last.result;
  };
}
