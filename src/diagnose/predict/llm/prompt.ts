import { estimateTokens } from '../../../llm/estimate-tokens.ts';
import { type FencedPiece, fence } from '../../../llm/fence.ts';
import type { Evidence } from '../../evidence.ts';
import { diversify } from '../../retrieve/diversify.ts';
import { isVerified } from '../unverified.ts';
import {
  type Exhibit,
  listFocus,
  showAlert,
  showPrecedent,
  showRunbook,
  showTopology,
  showTraces,
} from './exhibits.ts';
import {
  DIAGNOSE_PROMPT_VERSION,
  type DiagnosePromptParts,
  writeSystemPrompt,
  writeUserPrompt,
} from './prompts/diagnose-prompt.v2.ts';

export interface PromptSettings {
  /** Precedents shown as examples, at most. */
  readonly precedents: number;
  readonly runbooks: number;
  /** Where the best example stands. Models weigh what they read last, hence the default. */
  readonly order: 'best-first' | 'best-last';
  /** The whole prompt, as far as it can be told without the model's tokenizer; the lowest ranked evidence goes first. */
  readonly maxTokens: number;
}

const DEFAULT_PROMPT_SETTINGS: PromptSettings = {
  precedents: 5,
  runbooks: 3,
  order: 'best-last',
  maxTokens: 7_000,
};

export interface DiagnosePrompt {
  readonly version: string;
  readonly system: string;
  readonly user: string;
  /** What was shown, by id: an answer may point to nothing else. */
  readonly exhibits: ReadonlyMap<string, Exhibit>;
  /** The multiple choice, `unseen` apart: what a reviewed precedent tells of. */
  readonly categories: readonly string[];
  /** All that evidence or topology know, most telling first; a long list is shown in part. */
  readonly services: readonly string[];
  /** Documents that another one replaces: both by key. */
  readonly superseded: ReadonlyMap<string, string>;
}

/** Of the two lines around a block. */
const FENCE_TOKENS = 24;
const MAX_CATEGORIES = 20;
const MAX_SHOWN_SERVICES = 40;

const NO_PARTS = { precedents: '', runbooks: '', topology: '', now: '', categories: '', services: '' };
/** Of what every prompt says. */
const WORDS_OF_OURS = estimateTokens(writeSystemPrompt('0'.repeat(16))) + estimateTokens(writeUserPrompt(NO_PARTS));
/** Of the room beside what happens now: the neighbourhood helps to read the examples, and must not cost them. */
const TOPOLOGY_SHARE = 1 / 3;

/** Few-shot, multiple choice (after RCACopilot, arXiv 2305.15778): precedents as examples, their categories as options. */
export function buildDiagnosePrompt(evidence: Evidence, settings: Partial<PromptSettings> = {}): DiagnosePrompt {
  const { order, ...limits } = { ...DEFAULT_PROMPT_SETTINGS, ...settings };
  const services = listServices(evidence);
  const all = rankExhibits(evidence, limits);
  const now = [showAlert(evidence.situation), showTraces(evidence)].filter(isPresent);
  const room = limits.maxTokens - WORDS_OF_OURS - tokensOf([...now, ...listChoices(listCategories(all), services)]);
  const around = [showTopology(evidence)].filter(isPresent).filter((it) => tokensOf([it]) <= room * TOPOLOGY_SHARE);
  const ranked = fitBudget(all, room - tokensOf(around));
  const categories = listCategories(ranked);
  const exhibits = [...now, ...around, ...ranked];
  const choices = listChoices(categories, services);
  const { key, parts } = layOut([...exhibits, ...choices], order === 'best-last');
  return {
    version: DIAGNOSE_PROMPT_VERSION,
    system: writeSystemPrompt(key),
    user: writeUserPrompt(parts),
    exhibits: new Map(exhibits.map((exhibit) => [exhibit.id, exhibit])),
    categories,
    services,
    superseded: evidence.superseded ?? new Map(),
  };
}

/** P1, R1, P2, R2 …: the rank decides what goes when there is no room, whichever kind it is. */
function rankExhibits({ precedents, runbooks }: Evidence, limits: Omit<PromptSettings, 'order'>): Exhibit[] {
  // A cause that was found to be wrong is no example to learn from.
  const valid = precedents.filter(({ incident }) => incident.supersededBy === undefined);
  const examples = diversify(valid, limits.precedents, ({ incident }) => incident.category?.toLowerCase());
  const shown = [
    ...examples.map(({ incident }, index) => showPrecedent(incident, index + 1)),
    ...runbooks.slice(0, limits.runbooks).map((runbook, index) => showRunbook(runbook, index + 1)),
  ];
  const rankOf = ({ id }: Exhibit) => Number(id.slice(1));
  return shown.sort((a, b) => rankOf(a) - rankOf(b));
}

function fitBudget(ranked: readonly Exhibit[], room: number): Exhibit[] {
  const kept = [...ranked];
  while (kept.length > 0 && tokensOf(kept) > room) kept.pop();
  return kept;
}

function tokensOf(exhibits: readonly FencedPiece[]): number {
  return exhibits.reduce((sum, { text }) => sum + FENCE_TOKENS + estimateTokens(text), 0);
}

function listCategories(exhibits: readonly Exhibit[]): string[] {
  const seen = exhibits.flatMap(({ document }) =>
    document?.kind === 'incident' && document.category !== undefined && isVerified(document) ? [document.category] : [],
  );
  return [...new Set(seen)].slice(0, MAX_CATEGORIES);
}

function listServices(evidence: Evidence): string[] {
  const focus = listFocus(evidence);
  const around = focus.flatMap((service) => [...(evidence.graph.downstream.get(service) ?? [])]);
  return [...new Set([...focus, ...around, ...evidence.graph.services.keys()])];
}

function listChoices(categories: readonly string[], services: readonly string[]): FencedPiece[] {
  return [
    { id: 'CATEGORIES', text: [...categories, 'unseen'].join('\n') },
    { id: 'SERVICES', text: services.slice(0, MAX_SHOWN_SERVICES).join('\n') },
  ];
}

/** Fences everything under one key, then puts each block where the prompt wants it. */
function layOut(pieces: readonly FencedPiece[], isBestLast: boolean): { key: string; parts: DiagnosePromptParts } {
  const { key, blocks } = fence(pieces);
  const join = (pattern: RegExp, isReversed = false) => {
    const chosen = blocks.filter((_, index) => pattern.test(pieces[index]?.id ?? ''));
    return (isReversed ? chosen.reverse() : chosen).join('\n\n') || '(none)';
  };
  return {
    key,
    parts: {
      precedents: join(/^P\d/, isBestLast),
      runbooks: join(/^R\d/, isBestLast),
      topology: join(/^G/),
      now: join(/^[AT]\d/),
      categories: join(/^CATEGORIES$/),
      services: join(/^SERVICES$/),
    },
  };
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}
