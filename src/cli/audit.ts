import { LOCAL_OPERATOR } from '../domain/principal.ts';
import type { AuditLog } from '../gatekeeper/audit-log.ts';
import { type CommandContext, EXIT } from './context.ts';
import { formatSecond, paint, plain } from './render.ts';

export interface AuditOptions {
  readonly limit: number;
  readonly before?: number;
  readonly json?: boolean;
}

/** `precedent audit`: who changed what, newest first. */
export async function auditCommand(audit: AuditLog, options: AuditOptions, context: CommandContext): Promise<number> {
  const { limit, before, json } = options;
  const entries = await audit.list(LOCAL_OPERATOR, { limit, before });
  const lines = plain(entries).map(
    ({ number, at, who, namespace, action, target }) =>
      `${formatSecond(at)}  ${paint.title(action)} ${target} ${paint.quiet(`· ${who} (${namespace}), no. ${number}`)}\n`,
  );
  context.write(json ? `${JSON.stringify({ entries })}\n` : lines.join('') || 'nothing was changed yet\n');
  return entries.length === 0 ? EXIT.nothing : EXIT.done;
}
