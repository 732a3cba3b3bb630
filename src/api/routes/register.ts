/**
 * Every route of the API but those of its health, in one place.
 *
 * What several of them share is made here once: the board of current readiness and the index of decisions.
 */

import { createReadinessBoard } from '../../app/readiness-board.ts';
import type { Routes } from '../world.ts';
import { approvalRoutes } from './approvals.ts';
import { databaseRoutes } from './databases.ts';
import { createDecisionIndex } from './decision-index.ts';
import { decisionRoutes } from './decisions.ts';
import { keepDocument } from './document.ts';
import { drillRoutes } from './drills.ts';
import { inventoryRoutes } from './inventory.ts';
import { recordRoutes } from './records.ts';
import { serviceRoutes } from './service.ts';
import { verdictRoutes } from './verdicts.ts';

/** Adds them, and the OpenAPI document of them all. */
export const registerRoutes: Routes = async (app, world) => {
  const document = await keepDocument(app, world.version);
  const boards = createReadinessBoard(world);
  const decisions = createDecisionIndex(world.store);
  databaseRoutes(app, boards);
  decisionRoutes(app, world);
  verdictRoutes(app, world, decisions);
  drillRoutes(app, world);
  recordRoutes(app, world, decisions);
  approvalRoutes(app, world);
  inventoryRoutes(app, world, boards);
  serviceRoutes(app, world, document);
};
