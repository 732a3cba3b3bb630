/**
 * One seed for every property test of a run, so that a failure on one machine is a failure on all.
 *
 * `MUSTER_PROPERTY_SEED=random` draws another each time, for hunting; fast-check prints the one that failed.
 */

import process from 'node:process';
import fc from 'fast-check';

const SEED = 20_261_123;
const asked = process.env['MUSTER_PROPERTY_SEED'];
if (asked !== 'random') fc.configureGlobal({ seed: asked === undefined ? SEED : Number(asked) });
