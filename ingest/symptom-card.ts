import { type Incident, type SectionRole, sectionText } from '../src/domain/document.ts';
import { cutAtSentence, splitSentences } from './sentences.ts';

/** The card is one chunk, and the model reads about 128 tokens best: each part gives what fits beside the others. */
const MAX_PART = 220;
const MAX_CARD = 700;

/** Who has not told the symptoms by then tells them elsewhere. */
const MAX_READ = 4_000;

/** Sentences that tell why, or what was done about it. An alert knows neither, so they would only blur the likeness. */
const TELLS_CAUSE_OR_REMEDY =
  /\b(?:caus(?:e|ed|es|ing)|because|due to|owing to|led to|turned out|triggered by|root|culprit|fix(?:ed|es)?|mitigat\w+|resolv\w+|remed\w+|restor\w+|recover\w*|roll(?:ed|ing)? ?back|revert\w*|restart\w*|scal(?:ed|ing) (?:up|down|out|back|in|to|from)|work(?:ed)? ?around|patched|deployed a|we (?:added|removed|raised|lowered|increased|reduced|disabled|enabled|changed|drained|deleted|moved))\b/i;

const SYMPTOM_ROLES: readonly SectionRole[] = ['summary', 'detection', 'impact'];

/**
 * What an incident looked like from outside: title, services, signals, and of the summary, detection and impact what
 * speaks of neither cause nor remedy.
 */
export function writeSymptomCard(incident: Incident): string {
  const parts = SYMPTOM_ROLES.map((role) => symptomsIn(sectionText(incident, role)));
  const signals = incident.signals.length === 0 ? '' : `Signals: ${incident.signals.join(', ')}.`;
  const services = incident.services.length === 0 ? '' : `Services: ${incident.services.join(', ')}.`;
  const alerts = incident.alerts.length === 0 ? '' : `Alerts: ${incident.alerts.join(', ')}.`;
  const card = [`${incident.title}.`, alerts, services, ...parts, signals].filter(Boolean).join(' ');
  return cutAtSentence(card, MAX_CARD);
}

function symptomsIn(markdown: string): string {
  const sentences = splitSentences(toProse(markdown.slice(0, MAX_READ))).filter(
    (sentence) => !TELLS_CAUSE_OR_REMEDY.test(sentence),
  );
  return sentences.length === 0 ? '' : cutAtSentence(sentences.join(' '), MAX_PART);
}

/** Items become sentences; fences, comments, table rules and link targets go. */
function toProse(markdown: string): string {
  return markdown
    .replace(/^[ \t]*(```+|~~~+)[\s\S]*?(?:^[ \t]*\1.*$|$(?![\s\S]))/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split('\n')
    .filter((line) => !/^[\s|:-]*$/.test(line))
    .map((line) =>
      line.replace(/^\s*(?:[-*+]|\d+[.)]|>)\s+(.*?[^.!?:])$/, '$1.').replace(/^\s*(?:[-*+]|\d+[.)]|>)\s+/, ''),
    )
    .join(' ')
    .replace(/[*_`|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
