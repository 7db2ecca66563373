const TOPOLOGY = `system: shop
services:
  - { name: web, dependsOn: [{ service: checkout, kind: sync }] }
  - { name: checkout, dependsOn: [{ service: payment, kind: sync }] }
  - { name: payment, dependsOn: [] }
  - { name: mobile, dependsOn: [{ service: web, kind: sync }] }
  - { name: orders, dependsOn: [] }
  - { name: search, dependsOn: [] }
  - { name: rehearsal, dependsOn: [] }
`;

const RULES = `rules:
  - name: rehearsals
    say: when the service is rehearsal then filter it out
    enabled: true
    reason: Nobody waits for a rehearsal.
    owner: edge
`;

const incident = (service: string, what: string, cause: string, mend: string) => `---
services: [${service}]
category: saturation
rootCause: { service: ${service}, summary: ${cause} }
---
# ${what}

## Detection

${what}: the alert of ${service} fired.

## Root cause

${cause}

## Resolution

1. ${mend}
`;

/** What a small shop knows: who calls whom, what went wrong before, and what nobody need be told of. */
export const SHOP: Readonly<Record<string, string>> = {
  'topology/shop.yaml': TOPOLOGY,
  'noise/rules.yaml': RULES,
  'incidents/2026/2026-02-11-orders-wait.md': incident(
    'orders',
    'Orders wait in the queue',
    'The workers of orders had lost their connection.',
    'Restarted the workers of orders.',
  ),
  'incidents/2026/2026-02-12-payment-slow.md': incident(
    'payment',
    'Payment is slow',
    'The pool of connections of payment was used up.',
    'Doubled the pool of connections of payment.',
  ),
};
