import type { HiddenIncident, NoiseDryRun } from '../domain/noise-dry-run.ts';
import type { NoiseRuleState } from '../domain/noise-rule.ts';
import type { ListedNoiseRule, NoiseRuleList } from '../domain/noise-rule-list.ts';
import { formatSecond, heading, paint, wrap } from './render.ts';

const MARKS: Readonly<Record<NoiseRuleState, string>> = {
  enabled: paint.good('on '),
  disabled: paint.quiet('off'),
  expired: paint.warning('over'),
};

export function renderRules({ rules, problems, since }: NoiseRuleList): string {
  if (rules.length + problems.length === 0) {
    return 'No source has noise rules: write one into noise/*.yaml beside its runbooks, or `precedent rules draft "…"`.\n';
  }
  const wrong = problems.map(({ path, line, message }) => wrap(`${path}:${line} ${message}`, 4, '  ✗ '));
  return [
    heading(`Noise rules, and what they hid since ${formatSecond(since)}`),
    ...rules.map(renderRule),
    ...(wrong.length > 0 ? [heading('To mend'), ...wrong] : []),
  ].join('');
}

function renderRule({ name, state, words, reason, owner, path, line, filtered, until }: ListedNoiseRule): string {
  const hid = filtered.occurrences > 0 ? inAll(filtered) : 'nothing';
  const facts = [`hid ${hid}`, owner && `of ${owner}`, until && `until ${until}`, `${path}:${line}`].filter(Boolean);
  return [
    `  ${MARKS[state]} ${paint.title(name)} ${paint.quiet(`· ${facts.join(' · ')}`)}\n`,
    wrap(words, 6),
    wrap(`because: ${reason}`, 6),
  ].join('');
}

export function renderDryRun(dryRun: NoiseDryRun): string {
  const { words, from, to, history, hidden, incidents, incidentCount } = dryRun;
  const part = history.isComplete ? '' : '; there was more, and the newest were looked at';
  const looked = `${formatSecond(from)} to ${formatSecond(to)}: ${inAll(history)}${part}`;
  const more = incidentCount - incidents.length;
  return [
    heading('The rule'),
    wrap(words),
    heading('What it would have hidden'),
    wrap(looked),
    wrap(`${inAll(hidden)}, and ${hidden.diagnoses} of the diagnoses`),
    ...hidden.byAlert.map(({ alertName, alerts }) => wrap(`${alerts} × ${alertName}`, 6, '    · ')),
    ...(incidentCount > 0 ? [heading(`${incidentCount} of these became an incident`)] : []),
    ...incidents.map(renderIncident),
    ...(more > 0 ? [wrap(`and ${more} more`)] : []),
    `\n${judgement(dryRun)}\n`,
  ].join('');
}

function renderIncident({ occurrence, alertNames, receivedAt, reason, diagnosis, incident }: HiddenIncident): string {
  const where = incident?.path ?? (diagnosis === undefined ? undefined : `diagnosis ${diagnosis}`);
  const text = `${formatSecond(receivedAt)} ${alertNames.join(', ')}: ${reason} (occurrence ${occurrence}${where ? `, ${where}` : ''})`;
  return wrap(text, 6, '    · ');
}

function judgement({ outcome }: NoiseDryRun): string {
  if (outcome === 'safe') return paint.good('✔ nothing of what it would have hidden became an incident');
  if (outcome === 'hides-incidents') return paint.danger('✗ it would have hidden an incident');
  const none = outcome === 'no-history' ? 'no alert was received in that time' : 'nothing of that time fits it';
  return paint.warning(`? there is nothing to judge it by: ${none}`);
}

function inAll({ alerts, occurrences }: { readonly alerts: number; readonly occurrences: number }): string {
  return `${count(alerts, 'alert')} in ${count(occurrences, 'occurrence')}`;
}

export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
