/**
 * `muster approve`: a person's receipt for one change.
 *
 * Shows the decision and has the person at the terminal type its first digits; where nobody sits at a terminal there is
 * nobody to approve. The receipt names the machine's user, which is as much as can be known here.
 */

import { approveChange, refuseUnlessOpen } from '../app/approve-change.ts';
import { newestDecision } from '../app/find-decision.ts';
import { MusterError } from '../core/errors.ts';
import { printInstant } from '../core/time.ts';
import { renderDecision } from '../report/decision-text.ts';
import type { ExitCode } from './exit.ts';
import { printJson } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** How many digits are typed: enough that nobody types them unread. */
const TYPED_LENGTH = 8;

/**
 * @param named Digest of the change, or its first digits.
 * @returns 0 once the receipt is kept.
 * @throws MusterError `MUSTER_USAGE` when there is nothing to approve, no person, or another answer.
 */
export async function approve(
  named: string,
  options: { readonly note?: string; readonly json?: boolean },
  world: CliWorld,
): Promise<ExitCode> {
  const { terminal, clock } = world;
  const store = await world.store();
  const decided = await newestDecision(named, store);
  refuseUnlessOpen(decided, clock.now());
  terminal.talk(renderDecision(decided, terminal.paint, terminal.width));
  const wanted = decided.changeDigest.replace('sha256:', '').slice(0, TYPED_LENGTH);
  const typed = await terminal.ask(`\nType ${wanted} to approve this change, anything else to leave: `, NEVER);
  if (typed === null) throw new MusterError('MUSTER_USAGE', 'an approval needs a person at a terminal; there is none');
  if (typed.trim() !== wanted) throw new MusterError('MUSTER_USAGE', `nothing was approved: ${wanted} was not typed`);
  const receipt = await approveChange(
    decided,
    { approver: world.user(), identifiedBy: 'os_user', note: options.note ?? null },
    { clock, store },
  );
  const until = printInstant(receipt.validUntil);
  terminal.out(
    options.json ? printJson(receipt) : `approved by ${receipt.approver}: ${receipt.changeDigest}, until ${until}\n`,
  );
  return 0;
}

/** The question waits for as long as the person does. */
const NEVER = new AbortController().signal;
