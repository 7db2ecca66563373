import type { HonoRequest } from 'hono';
import { PrecedentError } from '../domain/errors.ts';
import type { Sender } from '../domain/occurrence.ts';
import { BODY_ENCODINGS, inflateBytes, readEncoding, refuseEmpty, refuseMediaType } from './body.ts';
import { parseJson } from './json.ts';

/**
 * What a sender delivered, once it has proved that it may: JSON, compressed or not. The data of a CloudEvent whose
 * attributes are headers may be text.
 */
export async function readDelivery(
  request: HonoRequest,
  sent: Uint8Array,
  sender: Sender,
  maxBytes: number,
): Promise<unknown> {
  const isText = sender === 'cloudevents' && isEventWithText(request);
  if (!isText) refuseMediaType(request);
  const encoding = readEncoding(request, BODY_ENCODINGS);
  refuseEmpty(request, sent);
  const bytes = encoding === 'gzip' ? await inflateBytes(sent, maxBytes) : sent;
  return isText ? decodeText(bytes) : parseJson(bytes);
}

function isEventWithText(request: HonoRequest): boolean {
  const type = request.header('content-type') ?? '';
  return request.header('ce-specversion') !== undefined && /^text\/[\w.+-]+\s*(?:;|$)/i.test(type);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PrecedentError('input-invalid', 'the body is not UTF-8 text');
  }
}
