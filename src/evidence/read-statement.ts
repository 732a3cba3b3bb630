/**
 * Reads a statement back: what came out of an envelope whose signature held.
 *
 * Checks what is used and passes over what it does not know, as in-toto asks of every reader. Another kind of predicate,
 * or another major version of ours, is refused by name: its members may mean something else.
 * Source: in-toto attestation v1, "Parsing rules".
 */

import * as z from 'zod';
import type { Digest } from '../core/canonical.ts';
import { MusterError } from '../core/errors.ts';
import type { Decision, VerdictWord } from '../verdict/document.ts';
import { digest, digestSet, firstIssue, instant } from './parts.ts';
import { PREDICATE_TYPE, resultOf, STATEMENT_TYPE, VERIFICATION_RESULTS } from './statement.ts';
import type { Attested } from './verification.ts';

/** A word added to the model and not here is a compile error. */
const DECISION_WORDS: { readonly [D in Decision]: D } = { allow: 'allow', review: 'review', block: 'block' };
const VERDICT_WORDS: { readonly [V in VerdictWord]: V } = {
  ready: 'ready',
  not_ready: 'not_ready',
  unknown: 'unknown',
};

/** The shape of a decision's word. */
export const decisionWord = z.enum(DECISION_WORDS);
/** The shape of a verdict's word. */
export const verdictWord = z.enum(VERDICT_WORDS);

const head = z.object({ _type: z.string(), predicateType: z.string() });
const statement = z.object({
  subject: z.tuple([z.object({ digest: digestSet })], { error: 'holds other than one subject' }),
  predicate: z
    .object({
      verifier: z.object({ id: z.string(), version: z.object({ muster: z.string() }) }),
      timeVerified: instant,
      validUntil: instant,
      resourceUri: z.string().nullable(),
      verificationResult: z.enum(VERIFICATION_RESULTS),
      decision: decisionWord,
      verdict: verdictWord,
      decisionDigest: digest,
      endpoint: z.string().nullable(),
    })
    .refine((predicate) => resultOf(predicate) === predicate.verificationResult, {
      error: 'is not what decision and verdict amount to',
      path: ['verificationResult'],
    }),
});

/**
 * What a statement attests.
 *
 * @param value JSON, parsed.
 * @param origin Where it came from, for messages.
 * @throws MusterError `MUSTER_ATTESTATION_INVALID` when it is no statement, or one of another kind or major version.
 */
export function readStatement(value: unknown, origin: string): Attested {
  const { _type: type, predicateType } = shaped(head, value, `${origin} is no in-toto statement`);
  if (type !== STATEMENT_TYPE) throw invalid(`${origin}: _type ${JSON.stringify(type)}; accepted is ${STATEMENT_TYPE}`);
  if (predicateType !== PREDICATE_TYPE) throw invalid(`${origin}: ${otherPredicate(predicateType)}`);
  const { subject, predicate } = shaped(statement, value, `${origin} is no statement about a decision`);
  return {
    changeDigest: `sha256:${subject[0].digest.sha256}` as Digest,
    decisionDigest: predicate.decisionDigest,
    decision: predicate.decision,
    verdict: predicate.verdict,
    result: predicate.verificationResult,
    madeAt: predicate.timeVerified,
    validUntil: predicate.validUntil,
    resourceUri: predicate.resourceUri,
    endpoint: predicate.endpoint,
    audience: null,
    verifier: { id: predicate.verifier.id, version: predicate.verifier.version.muster },
  };
}

function otherPredicate(predicateType: string): string {
  const stem = PREDICATE_TYPE.slice(0, PREDICATE_TYPE.lastIndexOf('/') + 1);
  const version = predicateType.startsWith(stem) ? predicateType.slice(stem.length) : null;
  const what = version === null ? '' : `, whose major version ${JSON.stringify(version)} this Muster does not read`;
  return `predicateType ${JSON.stringify(predicateType)}${what}; accepted is ${PREDICATE_TYPE}`;
}

function shaped<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(`${what}: ${firstIssue(parsed.error)}`);
  return parsed.data;
}

function invalid(message: string): MusterError {
  return new MusterError('MUSTER_ATTESTATION_INVALID', message);
}
