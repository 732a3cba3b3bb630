/**
 * Tells a step of the story as text.
 *
 * Where a command would print a report, the same report stands here; the words around it are for somebody who has
 * never seen Muster.
 */

import { unreachable } from '../core/invariant.ts';
import { printDuration } from '../core/time.ts';
import { renderDecision } from '../report/decision-text.ts';
import { renderDrill } from '../report/drill-text.ts';
import { renderInventory } from '../report/inventory-text.ts';
import { hanging, wrapCommand } from '../report/layout.ts';
import type { Paint } from '../report/style.ts';
import { SETTING_WORDS, VERDICT_WORDS } from '../report/words.ts';
import { COURSE_CLUSTER, type Step, type StepData } from './story.ts';

/** Before the first step. */
export function tellPrologue(paint: Paint, width: number): string {
  const lines = [
    ...hanging(
      '',
      'On 26 February 2026 an agent ran terraform destroy on a forgotten stack. The production database went, and every automated snapshot with it, in one API call. This is that day again, on an AWS endpoint inside this process: a real PostgreSQL, the real AWS SDK, the plan that Terraform printed.',
      width,
    ),
  ];
  return `${paint.bold('muster demo')}\n\n${lines.join('\n')}\n`;
}

/** The heading of a step. */
export function tellHeading(number: number, title: string, paint: Paint): string {
  return `\n${paint.bold(paint.cyan(`${number}. ${title}`))}\n\n`;
}

/** What a step saw, ending with how long it took. */
export function tellStep(step: Step, paint: Paint, width: number): string {
  return `${bodyOf(step, paint, width).trimEnd()}\n\n${paint.dim(`   took ${printDuration(step.seconds)}`)}\n`;
}

function bodyOf(step: Step, paint: Paint, width: number): string {
  switch (step.id) {
    case 'estate':
      return tellEstate(step.data, paint, width);
    case 'inventory':
      return `${renderInventory(step.data.inventory, step.data.inventory.observedAt, paint, width)}\n${tellContrast(step.data, paint, width)}`;
    case 'gate_before':
      return `${renderDecision(step.data.decision, paint, width)}\n${tellSaviours(step.data, paint, width)}`;
    case 'gate_after':
      return renderDecision(step.data.decision, paint, width);
    case 'remedy':
      return paragraph(
        `aws rds create-db-cluster-snapshot --db-cluster-identifier ${COURSE_CLUSTER} --db-cluster-snapshot-identifier ${step.data.snapshotId}: available. A manual snapshot is no part of the cluster; nothing deletes it but a call of its own.`,
        width,
      );
    case 'drill':
      return renderDrill(step.data.record, paint, width);
    case 'destroy':
      return tellDestroy(step.data, paint, width);
    case 'recovery':
      return tellRecovery(step.data, paint, width);
    default:
      return unreachable(step, 'steps of the story');
  }
}

function tellEstate({ endpoint, identifier, rows }: StepData['estate'], paint: Paint, width: number): string {
  return [
    paragraph(
      `An embedded AWS answers at ${endpoint}. It holds an Aurora PostgreSQL cluster named ${identifier}: production and development data in one, no tags, retention 1 day, no deletion protection, automated snapshots only. And a second, well-kept database for contrast.`,
      width,
    ),
    `\n${paint.bold(`${printCount(rows)} rows are in ${identifier}.`)}\n`,
  ].join('\n');
}

function tellContrast({ databases }: StepData['inventory'], paint: Paint, width: number): string {
  const lines = databases.flatMap(({ identifier, verdict, survivors }) => {
    const left =
      survivors.length === 0 ? 'nothing would be left' : `left would be ${survivors.map(({ id }) => id).join(', ')}`;
    return hanging(`  ${VERDICT_WORDS[verdict].padEnd(10)}`, `${identifier}: ${left}`, width);
  });
  return [paint.bold('Were each deleted now, with its automated backups and without a final snapshot:'), ...lines].join(
    '\n',
  );
}

/** What would have saved it, each with what would be left and how to set it. */
function tellSaviours({ wouldHaveSaved }: StepData['gate_before'], paint: Paint, width: number): string {
  const lines = wouldHaveSaved.flatMap(({ setting, left, until, command }) => [
    ...hanging(
      `  ${SETTING_WORDS[setting].padEnd(24)}`,
      `leaves ${left.join(', ')}${until === null ? ' for good' : ` until ${until.slice(0, 10)}`}`,
      width,
    ),
    ...wrapCommand(command, 26, width).map(paint.cyan),
  ]);
  return [paint.bold('Any one of these would have left something:'), ...lines].join('\n');
}

function tellDestroy(
  { predicted, found, lost, asPredicted }: StepData['destroy'],
  paint: Paint,
  width: number,
): string {
  const list = (ids: readonly string[]) => (ids.length === 0 ? 'none' : [...ids].sort().join(', '));
  const agrees = asPredicted
    ? paint.green('exactly as predicted, id by id')
    : paint.red('NOT as predicted: this is a fault in Muster');
  return [
    ...hanging('  predicted to survive  ', list(predicted), width),
    ...hanging('  found afterwards      ', list(found), width),
    ...hanging('  gone                  ', list(lost), width),
    '',
    `  ${agrees}`,
  ].join('\n');
}

function tellRecovery(
  { snapshotId, clusterId, rowsBefore, rows }: StepData['recovery'],
  paint: Paint,
  width: number,
): string {
  const missing = rowsBefore === null || rows.value === null ? null : rowsBefore - rows.value;
  const balance =
    missing === null ? 'nobody counted them before' : missing === 0 ? 'not one is missing' : `${missing} are missing`;
  return [
    paragraph(`${clusterId} is back, restored from ${snapshotId}.`, width),
    '',
    paint.bold(`${printCount(rows)} rows are in it; ${balance}.`),
  ].join('\n');
}

function printCount({ value }: StepData['estate']['rows']): string {
  return value === null ? 'an unknown number of' : value.toLocaleString('en-US');
}

function paragraph(text: string, width: number): string {
  return hanging('', text, width).join('\n');
}
