import type { Finding } from './finding.ts';

/**
 * Credentials that say by their first characters what they are and that secretlint's recommended rules leave out, or
 * know in one exact length only. Each begins with letters of its own and can fail only within a bounded stretch, so a
 * search is linear. `…` ends what was cut short: half a token is still half a token.
 */
const TOKENS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['aws-key', /\b(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}\b/g],
  ['gcp-key', /\bAIza[\w-]{35}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}/g],
  ['github-key', /\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}/g],
  ['gitlab-key', /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt|oas)-[\w-]{20,}/g],
  ['slack-key', /\bxox[a-z](?:\.xox[a-z])?-[\w-]{10,}|\bxapp-\d-[\w-]{10,}/g],
  ['webhook', /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]{8,}/g],
  ['webhook', /\bdiscord(?:app)?\.com\/api\/webhooks\/\d{5,25}\/[\w-]{20,}/g],
  ['webhook', /\.webhook\.office\.com\/webhookb2\/[\w@/-]{20,}/g],
  ['precedent-key', /\bprec_[0-9a-f]{12}_[\w-]{43,51}/g],
  ['stripe-key', /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[\w+/=]{24,}/g],
  ['llm-key', /\bsk-(?:(?:proj|svcacct|admin|or-v1|lf|ant-[a-z0-9]{2,12})-[\w-]{20,}|[A-Za-z0-9]{32,})/g],
  ['llm-key', /\bhf_[A-Za-z0-9]{30,}|\bgsk_[A-Za-z0-9]{40,}|\bpplx-[A-Za-z0-9]{40,}/g],
  ['grafana-key', /\bgl(?:sa|c)_[\w+/=]{32,}|\beyJrIjoi[\w+/=-]{40,}/g],
  ['vault-key', /\bhv[sbr]\.[\w-]{20,}/g],
  ['newrelic-key', /\bNR(?:AK|II|IQ|JS|RA|BR|SP)-[A-Za-z0-9_-]{19,}|\b[a-f0-9]{36}NRAL\b/g],
  ['sentry-key', /\bsntry[su]_[\w+/=-]{32,}/g],
  ['cloud-key', /\bdo[opr]_v1_[a-f0-9]{40,}|\bdapi[a-f0-9]{32}\b|\bpul-[a-f0-9]{40}\b|\.atlasv1\.[\w-]{40,}/g],
  ['cloud-key', /\bdckr_[op]at_[\w-]{20,}|\bATATT3[\w=-]{20,}|\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,}/g],
  ['cloud-key', /\bPMAK-[a-f0-9]{24}-[a-f0-9]{30,}|\brubygems_[a-f0-9]{40,}|\bpypi-AgE[\w-]{40,}/g],
  [
    'cloud-key',
    /\bnpm_[A-Za-z0-9]{30,}|\bSG\.[\w-]{16,24}\.[\w-]{30,}|\bkey-[a-f0-9]{32}\b|\b[a-f0-9]{32}-us\d{1,2}\b/g,
  ],
  ['cloud-key', /\bSK[a-f0-9]{32}\b|\b\d{8,10}:AA[\w-]{32,34}\b|\bAGE-SECRET-KEY-1[A-Z0-9]{50,}/g],
  ['cut-key', /\b(?:gh[pousr]_|github_pat_|glpat-|glsa_|xox[abpr]-|hvs\.|AKIA|AIza|[sr]k_live_|sk-ant-)[\w-]{3,}…/g],
  [
    'password-hash',
    /\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$(?:argon2(?:id|i|d)|[156y])\$[\w./=,+-]{4,}\$[\w./=,+$-]{16,}/g,
  ],
  // A run of its characters is entered at its start alone, or each `eyJ` in it would read the rest again.
  ['jwt', /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?/g],
  // "-----BEGIN (RSA | EC | OPENSSH | ENCRYPTED) PRIVATE KEY" in base64, as a Kubernetes Secret holds it.
  ['private-key', /\bLS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJ|BFQyBQUklW|BPUEVOU1NI|BFTkNSWVBU)[\w+/=]{40,}/g],
];

/** Tokens of known makes, wherever they stand. */
export function findTokens(text: string): Finding[] {
  return TOKENS.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)]
      // How vendors mark the keys of their own manuals.
      .filter(([token]) => !/EXAMPLE|^(?:AKIA|ASIA)(.)\1+$/.test(token))
      .map(({ 0: token, index }) => ({ start: index, end: index + token.length, kind })),
  );
}
