import type { Alert, AlertGroup } from '../domain/alert.ts';
import { startOf } from '../domain/alert.ts';
import { type KnownServices, servicesInText, servicesOfLabels } from '../domain/known-services.ts';
import type { Signal } from '../domain/signal.ts';
import type { Situation } from './situation.ts';

/** Annotations people read; anything else in there is links, queries and dashboards. */
const TEXT_ANNOTATIONS = ['summary', 'title', 'description', 'message', 'details', 'impact'] as const;
const EXPRESSION_ANNOTATIONS = ['expr', 'expression', 'query'] as const;
const RUNBOOK_ANNOTATION = /runbook|sop|playbook/i;

/** Far more than anyone reads on call, far less than what holds up the service. */
const MAX_TEXT = 20_000;
const MAX_EXPRESSION = 5_000;
const MAX_RUNBOOK_URLS = 100;
const MAX_URL = 2_000;
/** Nobody is woken for more services at once; where more alert, the first ones tell where. */
const MAX_SERVICES = 50;
/** PromQL's own words say nothing about what is wrong. */
const PROMQL = new Set(
  'sum rate irate increase avg min max count by without on ignoring group_left group_right and or unless offset bool le quantile histogram_quantile absent absent_over_time topk bottomk delta deriv predict_linear changes resets clamp_min clamp_max label_replace label_join vector scalar time avg_over_time max_over_time min_over_time sum_over_time count_over_time job instance namespace'.split(
    ' ',
  ),
);

/**
 * The alert group as one situation: repeated words once, Go-template placeholders reduced to their names, services
 * told by labels and by words of the text, as far as `knownServices` knows them and as it spells them.
 */
export function normalise(
  group: AlertGroup,
  options: {
    readonly knownServices: KnownServices;
    readonly signals?: readonly Signal[] | undefined;
    readonly asOf?: Date | undefined;
  },
): Situation {
  const labelSets = [group.groupLabels, group.commonLabels, ...group.alerts.map((alert) => alert.labels)];
  const text = unique(textsOf(group)).join('\n').slice(0, MAX_TEXT);
  const severity = labelSets.map((labels) => labels['severity']).find((value) => value !== undefined);
  const startsAt = startOf(group);
  return {
    text,
    expression: expressionWords(group),
    alertNames: unique(labelSets.flatMap((labels) => labels['alertname'] ?? [])),
    services: unique([
      ...labelSets.flatMap((labels) => servicesOfLabels(labels, options.knownServices)),
      ...servicesInText(text, options.knownServices),
    ]).slice(0, MAX_SERVICES),
    runbookUrls: unique(annotationSets(group).flatMap(runbookUrlsOf)).slice(0, MAX_RUNBOOK_URLS),
    signals: unique(options.signals ?? []),
    ...(severity === undefined ? {} : { severity }),
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
  };
}

/** `{{ $labels.pod }}` and `{{ $value | humanize }}` → `pod`, `value`: the name is a word, the braces are noise. */
export function stripPlaceholders(text: string): string {
  return text.replace(/\{\{([^{}]*)\}\}/g, (_, inside: string) => {
    const [subject = ''] = inside.split('|');
    return subject.match(/[A-Za-z_]\w*/g)?.at(-1) ?? ' ';
  });
}

function annotationSets(group: AlertGroup): Alert['annotations'][] {
  return [group.commonAnnotations, ...group.alerts.map((alert) => alert.annotations)];
}

function textsOf(group: AlertGroup): string[] {
  return annotationSets(group).flatMap((annotations) =>
    TEXT_ANNOTATIONS.flatMap((key) =>
      annotations[key] ? [stripPlaceholders(annotations[key].slice(0, MAX_TEXT)).trim()] : [],
    ),
  );
}

function expressionWords(group: AlertGroup): string {
  const written = annotationSets(group).flatMap((annotations) =>
    EXPRESSION_ANNOTATIONS.flatMap((key) => annotations[key] ?? []),
  );
  const linked = group.alerts.flatMap((alert) => expressionOf(alert.generatorURL) ?? []);
  const expression = [...written, ...linked].join(' ').slice(0, MAX_EXPRESSION);
  const words = expression.match(/(?<![\w.])[A-Za-z_][\w:]*/g) ?? [];
  return unique(words.filter((word) => !PROMQL.has(word.toLowerCase()))).join(' ');
}

/** Prometheus puts the rule's expression into its link as `g0.expr`. */
function expressionOf(generatorUrl: string | undefined): string | undefined {
  if (!generatorUrl || !URL.canParse(generatorUrl)) return undefined;
  return new URL(generatorUrl).searchParams.get('g0.expr') ?? undefined;
}

function runbookUrlsOf(annotations: Alert['annotations']): string[] {
  const isLink = (value: string) => value !== '' && value.length <= MAX_URL;
  return Object.entries(annotations).flatMap(([key, value]) =>
    RUNBOOK_ANNOTATION.test(key) && isLink(value) ? [value] : [],
  );
}

function unique<T>(values: Iterable<T>): T[] {
  return [...new Set(values)];
}
