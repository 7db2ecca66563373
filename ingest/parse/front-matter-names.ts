/** Names of the contract; what differs only in case, `_`, `-` and spaces is the same name. */
const NAMES = [
  'title, alerts, services, owner, severity, validated, supersedes, tags, date, category, rootCause, duration, signals, outage',
  'supersededBy, status, staleAfter, verified, kind, name, description, symptoms',
].flatMap((names) => names.split(', '));

/**
 * Other spellings: our own contract's, those of Agent Skills, OKF and RunbookAI, and what people call such things.
 * Unknown names are nobody's mistake and stay: most front matter was written for a site generator.
 */
const ALIASES: Readonly<Record<string, string>> = {
  alerts: 'alert, alertname, alertnames',
  services: 'service, affectedservices, affectedservice, components, component',
  tags: 'tag',
  validated: 'lastvalidated, lastreviewed, lastverified, reviewed',
  staleAfter: 'staleat',
  signals: 'signal',
  date: 'incidentdate, dateofincident, occurred, occurredat, startedat',
  owner: 'team, owners, owningteam',
  severity: 'sev, priority, incidentseverity',
  category: 'rootcausecategory, causecategory',
  kind: 'type, doctype, documenttype',
  description: 'summary, abstract',
  symptoms: 'symptom',
};

const CANONICAL: ReadonlyMap<string, string> = new Map([
  ...Object.entries(ALIASES).flatMap(([name, spellings]) =>
    spellings.split(', ').map((spelling) => [spelling, name] as const),
  ),
  ...NAMES.map((name) => [name.toLowerCase(), name] as const),
]);

export function canonicalName(name: string): string {
  return CANONICAL.get(name.toLowerCase().replace(/[_\-\s]/g, '')) ?? name;
}

/** Maps whose entries count as if they stood outside: `metadata` of Agent Skills, and what site generators demand. */
const WRAPPERS = new Set(['metadata', 'params', 'extra', 'taxonomies']);

export function isWrapper(name: string): boolean {
  return WRAPPERS.has(name.toLowerCase());
}
