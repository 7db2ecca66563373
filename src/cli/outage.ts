import type { Outage, OutageListing, OutageMember } from '../domain/outage.ts';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import type { Outages } from '../intake-desk/outages.ts';
import { type CommandContext, EXIT } from './context.ts';
import { formatSecond, heading, paint, percent, plain, wrap } from './render.ts';

export interface OutageOptions {
  readonly limit?: number;
  readonly json?: boolean;
}

const LISTED = 20;
/** What fits a screen with all the rest; `--json` has all that are told. */
const SHOWN = 20;

/** `precedent outage [id]`: one outage and all that is in it, or the newest ones. */
export async function outageCommand(
  outages: Outages,
  id: string | undefined,
  { limit = LISTED, json }: OutageOptions,
  { write, signal }: Pick<CommandContext, 'write' | 'signal'>,
): Promise<number> {
  if (id === undefined) {
    const listed = await outages.listOutages(LOCAL_OPERATOR, limit, signal);
    write(json ? `${JSON.stringify({ outages: listed })}\n` : renderList(plain(listed)));
    return listed.length === 0 ? EXIT.nothing : EXIT.done;
  }
  const outage = await outages.getOutage(id, LOCAL_OPERATOR, signal);
  write(json ? `${JSON.stringify(outage)}\n` : renderOutage(plain(outage)));
  return EXIT.done;
}

function renderList(outages: readonly OutageListing[]): string {
  return outages.length === 0 ? 'There was no outage yet.\n' : outages.map(renderListing).join('');
}

function renderListing(outage: OutageListing): string {
  const { id, namespace, startedAt, memberCount, alertCount } = outage;
  const size = `${alertCount} alerts in ${memberCount} groups`;
  return `${mark(outage)}  ${paint.title(id)}\n     ${paint.quiet(`${namespace} · since ${formatSecond(startedAt)} · ${size}`)}\n`;
}

function mark({ status }: Pick<OutageListing, 'status'>): string {
  return status === 'open' ? paint.danger('● open') : paint.good('✔ resolved');
}

function renderOutage(outage: Outage): string {
  const { id, summary, diagnosis, degraded = [] } = outage;
  return [
    `${mark(outage)}  ${paint.title(id)}\n`,
    wrap(summary),
    ...degraded.map((what) => wrap(paint.warning(what))),
    renderSuspect(outage),
    renderUnknown(outage),
    renderExposed(outage),
    heading('Members'),
    ...outage.members.slice(0, SHOWN).map(renderMember),
    outage.memberCount > SHOWN ? `  ${paint.quiet(`and ${outage.memberCount - SHOWN} more`)}\n` : '',
    diagnosis === undefined
      ? `\n${paint.quiet('There is no diagnosis of it yet.')}\n`
      : `\nIts diagnosis: ${paint.title(diagnosis)}\n`,
  ].join('');
}

function renderSuspect({ commonSuspect }: Outage): string {
  if (commonSuspect === null) return '';
  const { service, explains, reasons } = commonSuspect;
  const title = `${heading('Common suspect')}  ${paint.title(service)}, which would explain ${percent(explains)} of what alerts\n`;
  return title + reasons.map((reason) => wrap(reason, 6, '    - ')).join('');
}

/** Also in the percentage: nothing explains them. */
function renderUnknown({ blastRadius: { unknown = [] } }: Outage): string {
  if (unknown.length === 0) return '';
  const more = unknown.length > SHOWN ? ` and ${unknown.length - SHOWN} more` : '';
  return heading('Alerting, in no topology') + wrap(`${unknown.slice(0, SHOWN).join(', ')}${more}`);
}

function renderExposed({ blastRadius: { exposed } }: Outage): string {
  if (exposed.length === 0) return '';
  const services = exposed.map(({ service, hops }) => `${service} (${hops})`);
  return heading('Exposed, with calls to the nearest that alerts') + wrap(services.join(', '));
}

function renderMember({
  occurrence,
  sender,
  alertNames,
  services,
  startedAt,
  resolvedAt,
  reason,
}: OutageMember): string {
  const names = alertNames.length === 0 ? 'without a name' : alertNames.join(', ');
  const of = services.length === 0 ? '' : ` of ${services.join(', ')}`;
  const until = resolvedAt === undefined ? '' : ` to ${formatSecond(resolvedAt)}`;
  return [
    wrap(`${paint.title(names)}${of}: ${reason}`, 4, '  '),
    `    ${paint.quiet(`${sender} · ${formatSecond(startedAt)}${until} · ${occurrence}`)}\n`,
  ].join('');
}
