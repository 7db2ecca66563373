import { randomBytes } from 'node:crypto';
import type { Config, Secrets } from '../config.ts';
import type { Ports } from '../ports.ts';
import { type AuditLog, createAuditLog } from './audit-log.ts';
import { createGatekeeper, type Gatekeeper } from './gatekeeper.ts';
import { createTokenDesk, type TokenDesk } from './token-desk.ts';

/** Who may come in, by what, and who changed what. */
export interface Access {
  readonly gatekeeper: Gatekeeper;
  readonly tokens: TokenDesk;
  readonly audit: AuditLog;
}

export function createAccess(
  ports: Pick<Ports, 'access' | 'verifyToken' | 'now'>,
  { config, secrets }: { readonly config: Config; readonly secrets: Secrets },
  elapsed: () => number,
  onFailure: (what: string, error: unknown) => void,
): Access {
  const gatekeeper = createGatekeeper({ ...ports, ...config.access, apiTokens: secrets.apiTokens, elapsed });
  const audit = createAuditLog({ ...ports, onFailure });
  const tokens = createTokenDesk({ ...ports, audit, randomBytes, onChanged: gatekeeper.expire });
  return { gatekeeper, tokens, audit };
}
