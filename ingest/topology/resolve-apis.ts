import type { ApiMention, EdgeMention, TopologyFragment } from './fragment.ts';
import { type Placed, placeMentions, type ReportAt } from './placed.ts';

/** An API has one provider, rarely a few; a catalogue where everything provides everything says nothing. */
const MAX_PROVIDERS = 20;

/** A component that consumes an API calls the component that provides it, wherever in the catalogue that says so. */
export function resolveApis(fragments: readonly TopologyFragment[], report: ReportAt): Placed<EdgeMention>[] {
  const mentions = placeMentions(fragments, (fragment) => fragment.apis);
  const eventApis = new Set(fragments.flatMap((fragment) => fragment.eventApis));
  const providers = listProviders(mentions);
  return mentions.flatMap(({ component, api, role, ...place }) => {
    if (role === 'provides') return [];
    const found = providers.get(api);
    if (!found) report(place, `no component provides the API ${api}: whom ${component} calls is not known`);
    const kind = eventApis.has(api) ? 'async' : 'sync';
    return [...(found ?? [])]
      .filter((provider) => provider !== component)
      .map((provider) => ({ by: 'backstage' as const, from: component, to: provider, kind, ...place }));
  });
}

function listProviders(mentions: readonly ApiMention[]): ReadonlyMap<string, ReadonlySet<string>> {
  const providers = new Map<string, Set<string>>();
  for (const { component, api, role } of mentions) {
    if (role === 'consumes') continue;
    const known = providers.get(api) ?? new Set();
    providers.set(api, known);
    if (known.size < MAX_PROVIDERS) known.add(component);
  }
  return providers;
}
