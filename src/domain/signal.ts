import { z } from 'zod';

/**
 * One anomaly as four words: `source service-or-instance name kind`, for example
 * `trace pre-processor preprocess-request latency`. Words hold no spaces. The name of a call may say whose call it was:
 * `trace pre-processor web-server>preprocess-request latency`.
 */
export const Signal = z.string().regex(/^\S+ \S+ \S+ \S+$/, 'a signal is four words: source service name kind');
export type Signal = z.infer<typeof Signal>;

export interface SignalParts {
  readonly source: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
}

/** Makes any text one word of a signal: white space becomes `_`, emptiness `-`. */
function toSignalWord(text: string): string {
  return text.trim().replace(/\s+/g, '_') || '-';
}

export function buildSignal(parts: SignalParts): Signal {
  return [parts.source, parts.service, parts.name, parts.kind].map(toSignalWord).join(' ');
}

export function parseSignal(signal: Signal): SignalParts {
  const [source = '-', service = '-', name = '-', kind = '-'] = signal.split(' ');
  return { source, service, name, kind };
}
