/**
 * A decision as an in-toto statement: what was judged, by whom, against which policy, and how it came out.
 *
 * The subject is the digest of the exact change and nothing else. The predicate follows SLSA's verification summary and
 * adds the third answer, *unknown*, the end of the decision, and what of each database remains. It holds nothing of the
 * plan. `endpoint` says what was asked instead of AWS, so that a lab vouches for no account.
 * Source: in-toto attestation v1, statement.md; SLSA v1.1, verification_summary.md.
 */

import { type Digest, digestOf } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';
import type { DatabaseView, Decision, DecisionDocument, VerdictWord, WaiverView } from '../verdict/document.ts';

/** The payload type of an envelope that holds a statement. */
export const STATEMENT_PAYLOAD = 'application/vnd.in-toto+json';
/** The one version of the statement that Muster writes and reads. */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** What the predicate is; its last part is the major version. */
export const PREDICATE_TYPE = 'https://muster.dev/attestation/decision/v1';
/** Who verified. */
export const VERIFIER_ID = 'https://muster.dev/verifier';
/** Stands for the endpoint where an older Muster did not write down what it asked. */
export const ENDPOINT_NOT_RECORDED = 'not recorded';

/** How a verification ended; SLSA has the first two. */
export const VERIFICATION_RESULTS = ['PASSED', 'FAILED', 'UNKNOWN'] as const;
export type VerificationResult = (typeof VERIFICATION_RESULTS)[number];

/** A digest as in-toto writes it; hex digits. */
export interface DigestSet {
  readonly sha256: string;
}

/** One database of a statement. */
export interface AttestedDatabase {
  readonly arn: string;
  readonly resourceId: string;
  readonly verdict: VerdictWord;
  /** How many recovery points remain. */
  readonly survivors: number;
  readonly dataLossSeconds: number | null;
  /** 95th percentile of the drills; null when none has proven a restore. */
  readonly restoreSeconds: number | null;
  readonly reasons: readonly string[];
  readonly waivers: readonly Pick<WaiverView, 'reason' | 'by' | 'because' | 'until'>[];
}

/** What is attested of a decision. */
export interface DecisionPredicate {
  readonly verifier: { readonly id: string; readonly version: { readonly muster: string } };
  readonly timeVerified: Instant;
  readonly validUntil: Instant;
  /** `aws:ACCOUNT/REGION`; null when the change may run in several places, or none was read. */
  readonly resourceUri: string | null;
  readonly policy: { readonly digest: DigestSet };
  /** The drill records that were weighed. */
  readonly inputAttestations: readonly { readonly uri: string; readonly digest: DigestSet }[];
  readonly verificationResult: VerificationResult;
  readonly decision: Decision;
  readonly verdict: VerdictWord;
  readonly reasons: readonly string[];
  readonly change: { readonly classes: readonly string[] };
  readonly databases: readonly AttestedDatabase[];
  readonly inventoryDigest: Digest;
  readonly basis: DecisionDocument['basis'] | null;
  readonly decisionDigest: Digest;
  /** Null for AWS itself. */
  readonly endpoint: string | null;
  /** The head of the chain that the decision is kept in, when this was written; null when it was not known. */
  readonly record: { readonly seq: number; readonly digest: Digest } | null;
}

/** An in-toto statement about one decision. */
export interface DecisionStatement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly [{ readonly name: 'change'; readonly digest: DigestSet }];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: DecisionPredicate;
}

/** What a statement needs besides the decision. */
export interface StatementContext {
  /** Muster's own version. */
  readonly version: string;
  readonly record: DecisionPredicate['record'];
}

/** The statement about a decision. */
export function statementOf(document: DecisionDocument, { version, record }: StatementContext): DecisionStatement {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: 'change', digest: digestSetOf(document.changeDigest) }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      verifier: { id: VERIFIER_ID, version: { muster: version } },
      timeVerified: document.at,
      validUntil: document.validUntil,
      resourceUri: resourceUriOf(document),
      policy: { digest: digestSetOf(document.policyDigest) },
      inputAttestations: drillsOf(document),
      verificationResult: resultOf(document),
      decision: document.decision,
      verdict: document.verdict,
      reasons: codesOf(document.reasons),
      change: { classes: [...new Set(document.changes.map((change) => change.class))].sort() },
      databases: document.databases.map(attested),
      inventoryDigest: document.inventoryDigest,
      basis: document.basis ?? null,
      decisionDigest: digestOf(document),
      endpoint: endpointOf(document),
      record,
    },
  };
}

/** Where a change runs, as a URI; null when that is no one place. */
export function resourceUriOf({ scope }: Pick<DecisionDocument, 'scope'>): string | null {
  return scope === null ? null : `aws:${scope.accountId}/${scope.region}`;
}

/** What was asked: null for AWS, and never null where that was not written down. */
export function endpointOf({ endpoint }: Pick<DecisionDocument, 'endpoint'>): string | null {
  return endpoint === undefined ? ENDPOINT_NOT_RECORDED : endpoint;
}

/** The one of three answers that a decision amounts to; what is blocked has never passed. */
export function resultOf({
  decision,
  verdict,
}: {
  readonly decision: Decision;
  readonly verdict: VerdictWord;
}): VerificationResult {
  if (verdict === 'unknown') return 'UNKNOWN';
  return verdict === 'ready' && decision !== 'block' ? 'PASSED' : 'FAILED';
}

function attested(view: DatabaseView): AttestedDatabase {
  const { arn, resourceId, verdict, survivors, dataLossSeconds, restoreSeconds, reasons, waivers = [] } = view;
  return {
    arn,
    resourceId,
    verdict,
    survivors: survivors.length,
    dataLossSeconds,
    restoreSeconds: restoreSeconds.p95,
    reasons: codesOf(reasons),
    waivers: waivers.map(({ reason, by, because, until }) => ({ reason, by, because, until })),
  };
}

function drillsOf({ databases }: DecisionDocument): DecisionPredicate['inputAttestations'] {
  const drills = databases.flatMap(({ evidence = [] }) =>
    evidence.flatMap(({ id, kind, digest }) =>
      kind === 'drill' && digest !== null ? [[`muster:${id}`, digest] as const] : [],
    ),
  );
  return [...new Map(drills)].map(([uri, digest]) => ({ uri, digest: digestSetOf(digest) }));
}

function codesOf(reasons: readonly { readonly code: string }[]): readonly string[] {
  return [...new Set(reasons.map(({ code }) => code))];
}

function digestSetOf(digest: Digest): DigestSet {
  return { sha256: digest.slice('sha256:'.length) };
}
