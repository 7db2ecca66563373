import type { FoundShares, Share } from '../../src/domain/backtest.ts';
import type { CalibrationTarget } from '../../src/domain/calibration.ts';
import { renderTable, round } from '../report/format.ts';
import type { ResolvedAnswers } from './citations.ts';
import type { DigestSystem } from './digests.ts';
import type { Falls } from './falls.ts';
import type { OwnReport } from './own.ts';
import { renderConfidence } from './render-confidence.ts';

export interface DiagnosisReport {
  /** A sentence instead, where there is no such data. */
  readonly systems: readonly DigestSystem[] | string;
  readonly own: OwnReport;
}

/** More faults than these are all of one kind. */
const FAULTS_SHOWN = 5;

export function renderDiagnosis({ systems, own }: DiagnosisReport): string {
  return [
    '# Diagnosis by precedent, through the whole service',
    'In brackets the exact 95 % interval, of ECE the bootstrap’s; ✗ misses its bar.',
    ...(typeof systems === 'string' ? [`Anomaly digests ${systems}`] : systems.map(renderSystem)),
    ...renderOwn(own),
  ].join('\n\n');
}

function renderSystem({ system, protocol, rounds, past, ...measured }: DigestSystem): string {
  const { right, knownRight, calledUnseen, answered, confidence, decisions, falls, citations } = measured;
  return [
    `## ${system}: ${protocol}`,
    `${right.both.n} new incidents in ${rounds === 1 ? 'one round' : `${rounds} rounds`}, ${past} in the past; calibrated by a backtest of the past alone. Called \`unseen\`, though all were of known categories: ${tell(calledUnseen)}; answered: ${tell(answered)}.`,
    renderTable(
      ['right', 'service', 'category', 'both'],
      [
        ['best hypothesis', ...toCells(right)],
        ['best of a known category', ...toCells(knownRight)],
      ],
    ),
    renderConfidence(confidence),
    renderTable(
      ['decision', 'share', 'service right', 'category right', 'both right'],
      decisions.map((row) => [row.decision, tell(row.share), ...toCells(row.right)]),
    ),
    renderChecks([...listFallChecks(falls), ...listCitationChecks('answers', citations)]),
    ...renderFaults(citations.faults),
  ].join('\n\n');
}

function renderOwn({ incidents, asked, found, falls, alerts, asOf }: OwnReport): string[] {
  const targets = ['service', 'category', 'both', 'precedent'] as const;
  const rows = found === null ? [] : targets.map((target) => [target, ...tellFound(found[target])]);
  const leaks = asOf.leaks.length === 0 ? [] : [`Known too early: ${asOf.leaks.slice(0, FAULTS_SHOWN).join(', ')}`];
  return [
    '## Own knowledge',
    `${incidents} incidents, of which ${asked} can be asked as of their own days.`,
    found === null
      ? 'No incident can be asked about: none has a cause, symptoms and enough incidents before it.'
      : renderTable(['backtest finds', 'n', 'top 1', 'top 3', 'top 5'], rows),
    renderChecks([
      ...listFallChecks(falls),
      ...listCitationChecks('answers of incidents', asOf),
      ...listCitationChecks('answers of alerts', alerts),
      ['answers as of an incident’s day that show nothing of it, of that day, or of later', asOf.tight],
    ]),
    ...leaks,
    ...renderFaults([...asOf.faults, ...alerts.faults]),
  ];
}

type Check = readonly [what: string, share: Share];

function listFallChecks({ neighbours, candidate, rival }: Falls): Check[] {
  return [
    ['COE falls with the neighbours of another question', neighbours],
    ['RCE falls with the cause named for another question', candidate],
    ['RCE falls with the second hypothesis', rival],
  ];
}

function listCitationChecks(what: string, { whole, citations, quotes }: ResolvedAnswers): Check[] {
  return [[`${what} whose citations all resolve (${citations} citations, ${quotes} steps and commands)`, whole]];
}

function renderChecks(checks: readonly Check[]): string {
  return renderTable(
    ['check', 'n', 'holds'],
    checks.map(([what, share]) => [what, String(share.n), tell(share)]),
  );
}

function renderFaults(faults: readonly string[]): string[] {
  if (faults.length === 0) return [];
  const more = faults.length > FAULTS_SHOWN ? [`- and ${faults.length - FAULTS_SHOWN} more`] : [];
  return [['Faults:', '', ...faults.slice(0, FAULTS_SHOWN).map((fault) => `- ${fault}`), ...more].join('\n')];
}

function toCells({ service, category, both }: Readonly<Record<CalibrationTarget, Share>>): string[] {
  return [service, category, both].map(tell);
}

function tellFound({ top1, top3, top5 }: FoundShares): string[] {
  return [String(top1.n), ...[top1, top3, top5].map(tell)];
}

function tell({ value, interval: [low, high] }: Share): string {
  return value === null ? '–' : `${round(value)} [${round(low)}–${round(high)}]`;
}
