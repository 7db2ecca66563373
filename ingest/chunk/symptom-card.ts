import { type Incident, type SectionRole, sectionText } from '../../src/domain/document.ts';
import type { Measure } from './blocks.ts';
import { cutAtSentence, splitSentences } from './sentences.ts';

/** Tokens of the card, which is one chunk. From 64 to 192 it found as much, with 256 less: the most that costs nothing. */
const CARD_TOKENS = 160;

/** Who has not told the symptoms by then tells them elsewhere. */
const MAX_READ = 4_000;

/** Names and signals beyond these would leave no room for the words of the people who saw it. */
const MAX_NAMES = 4;
const MAX_SIGNALS = 6;
const MAX_TITLE = 160;

/** Sentences that tell why, or what was done about it. An alert knows neither, so they would only blur the likeness. */
const TELLS_CAUSE_OR_REMEDY =
  /\b(?:caus(?:e|ed|es|ing)|because|due to|owing to|led to|turned out|triggered by|root|culprit|fix(?:ed|es)?|mitigat\w+|resolv\w+|remed\w+|restor\w+|recover\w*|roll(?:ed|ing)? ?back|revert\w*|restart\w*|scal(?:ed|ing) (?:up|down|out|back|in|to|from)|work(?:ed)? ?around|patched|deployed a|we (?:added|removed|raised|lowered|increased|reduced|disabled|enabled|changed|drained|deleted|moved))\b/i;

/** Such a label speaks for the whole paragraph or item: the sentences after the first tell the rest of it. */
const OPENS_WITH_CAUSE_OR_REMEDY =
  /^(?:(?:root|underlying|likely|immediate|proximate|probable) )?(?:causes?|triggers?|contributing factors?|mitigations?|resolutions?|remediations?|remedy|fix(?:es)?|work-?arounds?|actions? (?:taken|items?)|follow-?ups?|lessons?(?: learned)?|why)\b[^.:]{0,30}:/i;

const SYMPTOM_ROLES: readonly SectionRole[] = ['summary', 'detection', 'impact'];

/**
 * What an incident looked like from outside: title, services, signals, and of the summary, detection and impact what
 * speaks of neither cause nor remedy.
 */
export function writeSymptomCard(incident: Incident, measure: Measure): string {
  const names = [
    `${cutAtSentence(incident.title, MAX_TITLE)}.`,
    ...list('Alerts', incident.alerts, MAX_NAMES),
    ...list('Services', incident.services, MAX_NAMES),
  ];
  const signals = list('Signals', incident.signals, MAX_SIGNALS);
  const told = SYMPTOM_ROLES.map((role) => symptomsIn(sectionText(incident, role)));
  const room = CARD_TOKENS - measure([...names, ...signals].join(' '));
  return [...names, ...shareRoom(told, room, measure), ...signals].join(' ');
}

function list(name: string, items: readonly string[], most: number): string[] {
  return items.length === 0 ? [] : [`${name}: ${items.slice(0, most).join(', ')}.`];
}

/** Each part gets its share of what is left; what one does not need goes to those after it. */
function shareRoom(parts: readonly (readonly string[])[], room: number, measure: Measure): string[] {
  const kept: string[] = [];
  const told = parts.filter((sentences) => sentences.length > 0);
  let left = room;
  for (const [at, sentences] of told.entries()) {
    const text = takeSentences(sentences, left / (told.length - at), measure);
    if (text === '') continue;
    kept.push(text);
    left -= measure(text);
  }
  return kept;
}

/** Whole sentences as long as they fit, or the first one cut at a word when even that is too long. */
function takeSentences(sentences: readonly string[], room: number, measure: Measure): string {
  const kept: string[] = [];
  let left = room;
  for (const sentence of sentences) {
    const size = measure(sentence);
    if (size > left) {
      if (kept.length > 0 || room < 1) break;
      return cutAtSentence(sentence, Math.floor((sentence.length * room) / size));
    }
    kept.push(sentence);
    left -= size;
  }
  return kept.join(' ');
}

function symptomsIn(markdown: string): string[] {
  return listParagraphs(markdown.slice(0, MAX_READ))
    .filter((paragraph) => !OPENS_WITH_CAUSE_OR_REMEDY.test(paragraph))
    .flatMap(splitSentences)
    .filter((sentence) => !TELLS_CAUSE_OR_REMEDY.test(sentence));
}

const ITEM = /^\s*(?:[-*+]|\d+[.)]|>)\s+/;

/** Paragraphs and items as prose: fences, comments, table rules and link targets go, an item ends as a sentence does. */
function listParagraphs(markdown: string): string[] {
  const paragraphs: string[][] = [];
  let isOpen = false;
  for (const line of withoutAsides(markdown).split('\n')) {
    const isItem = ITEM.test(line);
    const text = line.replace(ITEM, '').replace(/[*_`|]+/g, ' ');
    if (/^[\s:-]*$/.test(text)) isOpen = false;
    else if (isOpen && !isItem) paragraphs.at(-1)?.push(text);
    else {
      paragraphs.push([text]);
      isOpen = true;
    }
  }
  return paragraphs.map((lines) => endSentence(lines.join(' ').replace(/\s+/g, ' ').trim()));
}

function withoutAsides(markdown: string): string {
  return markdown
    .replace(/^[ \t]*(```+|~~~+)[\s\S]*?(?:^[ \t]*\1.*$|$(?![\s\S]))/gm, '')
    .replace(/<!--(?:(?!-->|<!--)[\s\S])*-->/g, '')
    .replace(/!?\[([^\][]*)\]\([^()]*\)/g, '$1');
}

function endSentence(text: string): string {
  return /[.!?:…]$/.test(text) ? text : `${text}.`;
}
