import { dropPrototypeKeys } from '../domain/prototype-keys.ts';
import type { CloudEvent } from './cloudevents.ts';

/** What an event carries: its data, or what the bytes in `data_base64` are: JSON, or else text. */
export function readEventData({ data, data_base64 }: Pick<CloudEvent, 'data' | 'data_base64'>): unknown {
  if (data !== undefined || typeof data_base64 !== 'string') return data;
  const text = Buffer.from(data_base64, 'base64').toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    dropPrototypeKeys(text, value);
    return value;
  } catch {
    // Not JSON, or nested deeper than anybody means it.
    return text;
  }
}
