import type { DocumentKind, SectionRole } from '../../src/domain/document.ts';

/** Names that people give to the sections of runbooks and postmortems. Lower case, no punctuation. */
const NAMES: Readonly<Record<SectionRole, readonly string[]>> = {
  summary: [
    'summary, executive summary, incident summary, issue summary, overview, tl dr, tldr, abstract, synopsis, in short',
    'at a glance, what happened, introduction, problem, problem statement, problem summary, problem description, the incident',
    'incident overview, the problem, management summary, key facts',
  ],
  meaning: [
    'meaning, what does this alert mean, what does it mean, what it means, what this means, what is this, about',
    'about this alert, alert description, alert details, alert, definition, explanation, purpose, when to use, context',
  ],
  impact: [
    'impact, customer impact, user impact, business impact, consequences, effect, effects, blast radius, affected services',
    'who is affected, who was affected, what did users see, what users saw, severity and impact, scope, impact assessment',
  ],
  detection: [
    'detection, symptom, symptoms, signals, observations, how was it detected, how it was detected, how we noticed',
    'how did we notice, how did we find out, how we found out, what we saw, how was the incident detected, alerting',
    'how did we detect it, how we detected it, detection and response',
  ],
  diagnosis: [
    'diagnosis, diagnose, diagnostics, investigation, troubleshooting, troubleshoot, troubleshooting guide, triage, debugging',
    'debug, analysis, how to check, how to diagnose, what to check, checks, first steps, initial response, possible causes',
    'likely causes, common causes, potential causes, common error scenarios, investigate',
  ],
  'root-cause': [
    'root cause, root causes, root cause analysis, rca, contributing factor, contributing factors, causal factors',
    'root causes and contributing factors, five whys, 5 whys, whys, why did it happen, why it happened, why did this happen',
    'why did it break, what caused it, underlying cause, technical details, fault, the five whys, the root cause, proximate cause',
    'cause of the incident, cause of the outage, what was the cause, what went wrong and why, causal analysis',
  ],
  trigger: ['trigger, triggers, triggering event, what triggered it, trigger event'],
  mitigation: [
    'mitigation, mitigations, mitigate, resolution, resolutions, resolve, remediation, remediations, remedy, fix, fixes',
    'how to fix, how to fix it, how to resolve, how to mitigate, solution, solutions, recovery, recover, workaround',
    'workarounds, corrective process, immediate actions, actions taken, response, what to do, what we did, how we fixed it',
    'how did we fix it, how was it fixed, how was it resolved, how it was resolved, procedure, repair, runbook, playbook',
    'steps, actions, recommended actions, mitigation and resolution, resolution and recovery, immediate steps, containment',
    'restoration, how we recovered, how did we recover, remedial actions, remedial action, repair steps, what do i do',
  ],
  rollback: [
    'rollback, rolling back, how to roll back, undo, how to undo, undoing, backout, back out, reverting, revert',
  ],
  timeline: [
    'timeline, time line, chronology, sequence of events, event log, incident timeline, history, log of events',
  ],
  'follow-up': [
    'action items, action item, follow up, follow ups, follow up actions, followup, lessons learned, lessons, lesson learned',
    'next steps, prevention, preventive measures, preventative measures, prevent recurrence, retrospective, takeaways, learnings',
    'what went well, what went wrong, what went poorly, what did not go well, where we got lucky, improvements',
    'recommendations, future work, what we learned, what we are doing about it, what will we do, long term fix',
    'action plan, what could we improve, what can we improve, what could have gone better, what did we learn, corrections',
  ],
  other: [
    'references, reference, links, see also, further reading, related, related incidents, appendix, glossary, authors, author',
    'attendees, participants, contacts, status, escalation, when to escalate, additional resources, additional information',
    'supporting information, resources, changelog, dashboards, date, severity, services, duration, metadata, verification',
  ],
};

/** Words that mean one thing in a runbook and another in a postmortem. */
const NAMES_BY_KIND: Readonly<
  Record<'runbook' | 'incident', Readonly<Partial<Record<SectionRole, readonly string[]>>>>
> = {
  runbook: {
    meaning: ['description, background'],
    diagnosis: ['causes, cause, reasons'],
    mitigation: ['corrective actions, corrective action'],
  },
  incident: {
    summary: ['description, background, general, incident description'],
    'root-cause': ['causes, cause, reasons'],
    'follow-up': ['corrective actions, corrective action, corrective and preventative measures, remediation items'],
  },
};

type MarkdownKind = Exclude<DocumentKind, 'service'>;
type Names = ReadonlyMap<string, SectionRole>;

const ROLES: Readonly<Record<MarkdownKind, Names>> = {
  runbook: toMap(NAMES, NAMES_BY_KIND.runbook),
  incident: toMap(NAMES, NAMES_BY_KIND.incident),
};

function toMap(...tables: readonly Readonly<Partial<Record<SectionRole, readonly string[]>>>[]): Names {
  const pairs = tables.flatMap((table) =>
    Object.entries(table).flatMap(([role, lines]) =>
      // Object.entries forgets that the keys are roles; the tables above cannot hold anything else.
      lines.flatMap((line) => line.split(', ').map((name) => [name, role as SectionRole] as const)),
    ),
  );
  return new Map(pairs);
}

/**
 * What a section is for. The innermost heading that is a known name decides; a heading that only resembles one
 * ("Impact on customers") counts where nothing above it was recognised, because below "Mitigation" a heading such as
 * "Check the timeline" is one more thing to do.
 */
export function roleOf(headingPath: readonly string[], kind: MarkdownKind): SectionRole {
  let role: SectionRole | undefined;
  for (const heading of headingPath) {
    const name = normaliseHeading(heading);
    role = exactRole(name, kind) ?? role ?? resemblingRole(name, kind);
  }
  return role ?? 'other';
}

/** The role of a heading that is a section's name to the word. */
export function findRole(heading: string, kind: MarkdownKind): SectionRole | undefined {
  return exactRole(normaliseHeading(heading), kind);
}

/** Is this the name of a section, rather than a title of its own? */
export function isSectionName(heading: string): boolean {
  const name = normaliseHeading(heading);
  return ROLES.runbook.has(name) || ROLES.incident.has(name);
}

const FILLER =
  /^(?:the|our|incident) | (?:of (?:the|this) incident|steps|process|procedures?|plan|details|section|instructions)$/g;

function exactRole(name: string, kind: MarkdownKind): SectionRole | undefined {
  return ROLES[kind].get(name) ?? ROLES[kind].get(name.replace(FILLER, ''));
}

/** Longer headings are sentences, and sentences hold such words by chance. */
const MAX_WORDS = 8;

function resemblingRole(name: string, kind: MarkdownKind): SectionRole | undefined {
  const words = name.split(' ');
  if (words.length > MAX_WORDS) return undefined;
  for (let length = words.length - 1; length > 0; length--) {
    const role = ROLES[kind].get(words.slice(0, length).join(' ')) ?? ROLES[kind].get(words.slice(-length).join(' '));
    if (role !== undefined) return role;
  }
  return undefined;
}

/** `### 2. Root Cause(s) (draft):` → `root causes`. */
export function normaliseHeading(heading: string): string {
  return (
    heading
      .normalize('NFKC')
      .toLowerCase()
      .replace(/\((s|es)\)/g, '$1')
      // Not `[^)]*`: it would run to the end of the heading from every `(`.
      .replace(/\([^()]*\)/g, ' ')
      .replace(/['’]/g, '')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .replace(/^ ?(?:step )?\d+(?: \d+)* (?!whys)/, '')
      .trim()
  );
}
