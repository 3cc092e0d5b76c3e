import type { ReleaseChoice } from '../deploy/plan.js';
import { Failure } from '../failure.js';
import type { Site } from '../site.js';
import { certificateIsGood, certificateLasts } from './certificate-rules.js';
import type { Facts, Finding, Rule } from './facts.js';
import { gatherFacts } from './gather.js';
import * as absence from './history-rules.js';
import { keysStayGood } from './key-rules.js';
import { partsRun } from './part-rules.js';
import { nothingIsEvicted, persistsAsPlanned, pubsubBufferHoldsStall } from './redis-rules.js';
import { frontHasConnections, frontHasFiles, frontHasPorts, workersHaveFiles } from './room-rules.js';
import * as timing from './timing-rules.js';

/** Every rule; docs/OPERATIONS.md has a row for each. */
export const RULES: readonly Rule[] = [
  partsRun,
  timing.drainFitsStop,
  timing.stopEndsBeforeKill,
  timing.heartbeatBeatsItsTimeout,
  timing.heartbeatBeatsFrontRead,
  timing.heartbeatBeatsFrontSend,
  timing.frontReadBeatsSocketIdle,
  timing.frontSendBeatsSocketIdle,
  absence.moveFitsItsTime,
  absence.historyOutlivesMove,
  absence.sessionOutlivesMove,
  absence.idsOutliveMove,
  absence.historyHoldsAbsence,
  pubsubBufferHoldsStall,
  nothingIsEvicted,
  persistsAsPlanned,
  frontHasConnections,
  frontHasFiles,
  workersHaveFiles,
  frontHasPorts,
  certificateIsGood,
  certificateLasts,
  keysStayGood,
];

/**
 * Judges everything that can be known before a deploy does anything. Returns warnings.
 * @throws {Failure} naming both sides of every clash
 */
export const preflight = async (site: Site, choice: ReleaseChoice): Promise<readonly string[]> =>
  judge(await gatherFacts(site, choice));

/** @throws {Failure} naming both sides of every clash */
export const judge = (facts: Facts): readonly string[] => {
  const findings = RULES.map((rule) => rule(facts)).filter((finding) => finding !== undefined);
  const clashes = wordsOf(findings, 'clash');
  if (clashes.length > 0) throw new Failure(clashes.join('\n'));
  return wordsOf(findings, 'warning');
};

const wordsOf = (findings: readonly Finding[], kind: Finding['kind']): readonly string[] =>
  findings.filter((finding) => finding.kind === kind).map(({ words }) => words);
