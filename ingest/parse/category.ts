/**
 * What a cause that is told in these words was, most telling words only: a wrong category misleads every later
 * diagnosis, and none at all does no harm.
 */
const CATEGORIES: Readonly<Record<string, RegExp>> = {
  'certificate-expiry':
    /\b(?:certificates?|certs?|tls|ca)\b[^.;\n]{0,40}\b(?:expir\w+|ran out)\b|\bexpired (?:\w+ ){0,2}(?:certificates?|certs?|tls)\b/,
  'disk-full':
    /\b(?:disks?|volumes?|file ?systems?|partitions?|storage)\b[^.;\n]{0,25}(?:(?<!% ?)\bfull|filled(?: up)?|ran out of space|out of space)\b|\bno space left\b|\b(?:out of|ran out of) disk\b/,
  'memory-leak': /\bmemory leaks?\b|\bleak(?:ed|ing|s) memory\b|\bheap (?:grew|leak\w*)\b/,
  dns: /\bdns (?:outage|failures?|errors?|resolution|records?|lookups?|servers?|queries|timeouts?)\b|\bname resolution (?:failed|failures?|timed out)\b/,
  'load-spike':
    /\b(?:traffic|load|request rate|requests|demand)\b[^.;\n]{0,25}\b(?:spiked?|surged?|tripled|doubled|quadrupled)\b|\b(?:spike|surge|burst) (?:in|of) (?:traffic|load|requests|demand)\b|\b(?:traffic|load) (?:spike|surge|burst)s?\b/,
  'config-change':
    /\bmis-?configur\w+|\b(?:wrong|incorrect|bad|invalid|faulty|broken) (?:configuration|config|setting)s?\b|\b(?:configuration|config|settings?) (?:change|error|mistake|update)s?\b/,
  'bad-release':
    /\b(?:bad|faulty|buggy|broken) (?:release|deploy(?:ment)?|rollout|build|version)\b|\bbug (?:was )?(?:introduced|shipped|released|deployed)\b|\b(?:release|deploy(?:ment)?|rollout)\b[^.;\n]{0,30}\b(?:introduced|contained|shipped with)\b[^.;\n]{0,15}\b(?:bug|regression|defect|error)\b|\bregression (?:in|introduced)\b/,
  'human-error':
    /\bhuman error\b|\b(?:accidental(?:ly)?|by mistake|mistakenly|inadvertently)\b[^.;\n]{0,40}\b(?:delet\w+|remov\w+|dropp?\w*|terminat\w+|r[au]n|execut\w+|shut)\b|\b(?:delet|remov|dropp|terminat)ed (?:by mistake|accidentally|by accident)\b/,
  network:
    /\bpacket loss\b|\bnetwork (?:partition|outage|failure|congestion)s?\b|\b(?:ip address(?:es)?|subnet)\b[^.;\n]{0,20}\b(?:starv\w+|exhaust\w+|ran out)\b|\bfirewall (?:rule|change)s?\b/,
  'dependency-failure':
    /\b(?:third[- ]party|upstream|external|vendor|provider)\b[^.;\n]{0,30}\b(?:outage|was down|went down|failed|failure|unavailable|incident)\b/,
  database:
    /\b(?:database|db|postgres\w*|mysql|primary|replica)\b[^.;\n]{0,30}\b(?:deadlock\w*|lock contention|failover|crashed|connection pool|connections exhausted|slow quer\w+)\b|\bconnection pool (?:was )?exhaust\w+/,
  capacity:
    /\b(?:insufficient|not enough|lack of|ran out of|out of) (?:\w+ )?(?:capacity|cpu|nodes?|memory)\b|\bunder-?provisioned\b|\bcapacity (?:limit|exhaust)\w*/,
};

/** Texts that tell the cause, most telling first: the first of them that fits exactly one category decides. */
export function inferCategory(causes: readonly string[]): string | undefined {
  for (const cause of causes) {
    const text = cause.toLowerCase().replace(/[`*_"]/g, '');
    const fitting = Object.entries(CATEGORIES).filter(([, words]) => words.test(text));
    if (fitting.length > 0) return fitting.length === 1 ? fitting[0]?.[0] : undefined;
  }
  return undefined;
}
