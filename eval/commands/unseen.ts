import type { Command } from 'commander';
import { digestFile } from '../digest-cases.ts';
import { interval, renderTable } from '../report/format.ts';
import { measureUnseen, type UnseenReport } from '../unseen.ts';
import { addDataMeasurement, type EvalContext } from './command.ts';

/** `unseen`: is a kind of fault that history does not hold told from those that it does? */
export function addUnseen(program: Command, context: EvalContext): void {
  const about = {
    name: 'unseen',
    description: 'each kind of fault left out of the past in turn: is it called new, and are the others not?',
    folders: ['incident-digests'],
  };
  addDataMeasurement(program, context, about, async (data) => {
    const report = await measureUnseen(digestFile(data), context.note);
    return { markdown: renderUnseen(report), report };
  });
}

export function renderUnseen(reports: readonly UnseenReport[]): string {
  const told = (report: UnseenReport) => [`${report.system}, ${report.protocol}`, String(report.asked)];
  const heldOut = reports.map((report) => [
    ...told(report),
    String(report.categories),
    ...[report.recall, report.falseAlarms, report.precision.balanced, report.precision.natural].map(interval),
  ]);
  const unseen = reports.map((report) => {
    const { answered, rightly, abstained, named, service } = report.heldOut;
    return [...told(report), ...[answered, rightly, abstained, named, service].map(interval)];
  });
  const ordinary = reports.flatMap((report) => {
    const { falseUnseen, abstained, withUnseen, withoutUnseen } = report.ordinary;
    const rows = [
      { name: 'as it answers', shares: withUnseen, cells: [interval(falseUnseen), interval(abstained)] },
      { name: 'best known cause', shares: withoutUnseen, cells: ['', ''] },
    ];
    return rows.map(({ name, shares: { service, category, both }, cells }) => [
      ...told(report),
      name,
      ...[service, category, both].map(interval),
      ...cells,
    ]);
  });
  return [
    '# Unseen kinds of fault, each category left out in turn',
    renderTable(
      ['system', 'asked', 'left out', 'recall', 'false alarms', 'precision, balanced', 'precision, natural mix'],
      heldOut,
    ),
    '## What is said where the kind is new',
    renderTable(
      [
        'system',
        'asked',
        'unseen at a service',
        'at the right one',
        'abstained',
        'unseen among hypotheses',
        'best names the service',
      ],
      unseen,
    ),
    '## Nothing left out',
    renderTable(
      ['system', 'asked', 'best hypothesis', 'service', 'category', 'both', 'false unseen', 'abstained'],
      ordinary,
    ),
  ].join('\n\n');
}
