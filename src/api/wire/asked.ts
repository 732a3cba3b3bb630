/**
 * What a decision is asked about: the document of some tool, or a command, exactly as it is at hand.
 *
 * Documents travel as text, so that the digest of the change is of the very bytes that the tool printed. Nothing of
 * them is kept or told but what Muster understood.
 */

import * as z from 'zod';
import { arn } from './parts.ts';

const document = z.string().min(1);
const principal = arn.optional().meta({
  description: 'ARN of whoever asks; IAM is asked what it may call, to see which survivors are within its reach',
});

/** A change to be decided. */
export const decisionRequest = z
  .discriminatedUnion('source', [
    z.strictObject({
      source: z.literal('terraform'),
      plan: document.meta({ description: 'Exactly what terraform show -json PLANFILE prints' }),
      state: document.optional().meta({ description: 'What terraform state pull prints' }),
      principal,
    }),
    z.strictObject({
      source: z.literal('command'),
      argv: z
        .array(z.string().max(1_000_000))
        .min(1)
        .max(10_000)
        // What a script sends whose variable was not set: there is nothing that could be judged.
        .refine((words) => words.some((word) => word.trim() !== ''), 'the command is empty')
        .meta({ description: 'The command and its arguments; a single word is read as shell text' }),
      principal,
    }),
    z.strictObject({
      source: z.literal('kubernetes'),
      document: document.meta({ description: 'An AdmissionReview, or objects to be deleted, as YAML or JSON' }),
      principal,
    }),
    z.strictObject({
      source: z.literal('cloudformation'),
      document: document.meta({ description: 'What describe-change-set prints, or the template of a stack to delete' }),
      template: document
        .optional()
        .meta({ description: 'The template of the stack, for what a change set leaves out' }),
      stackResources: document.optional().meta({ description: 'What list-stack-resources prints; with deletesStack' }),
      deletesStack: z.boolean().default(false),
      principal,
    }),
    z.strictObject({
      source: z.literal('cleaner'),
      document: document.meta({ description: 'The config of aws-nuke or cloud-nuke, or policies of Cloud Custodian' }),
      principal,
    }),
  ])
  .meta({ description: 'The change, as the tool that makes it prints it' });

/** What a decision is asked about. */
export type DecisionRequest = z.output<typeof decisionRequest>;

/** A decision to be asked again. */
export const recheckRequest = z.strictObject({
  requireFresh: z.boolean().default(false).meta({ description: 'Read the databases it names anew, and compare' }),
  plan: document.optional().meta({ description: 'The Terraform plan that is about to be applied' }),
  state: document.optional().meta({ description: 'The state behind it' }),
});
