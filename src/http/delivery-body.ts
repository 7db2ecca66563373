import type { HonoRequest } from 'hono';
import { isPrecedentError, PrecedentError } from '../domain/errors.ts';
import type { Sender } from '../domain/occurrence.ts';
import { BODY_ENCODINGS, inflateBytes, readEncoding, refuseEmpty, refuseMediaType, streamBytes } from './body.ts';
import type { ByteHold } from './byte-budget.ts';
import { parseJson } from './json.ts';

/** Thousands of alerts at their usual length. Traces, which other bodies hold, are far larger. */
const MAX_DELIVERY_BYTES = 4_194_304;

/** The most that a delivery may be, as sent and inflated, where bodies may be `maxBodyBytes`. */
export function boundDelivery(maxBodyBytes: number): number {
  return Math.min(maxBodyBytes, MAX_DELIVERY_BYTES);
}

/** The bytes as they were sent, counted in `hold` as they come. */
export async function readDeliveryBytes(request: HonoRequest, maxBytes: number, hold: ByteHold): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of streamBytes(request, maxBytes)) {
      hold.add(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    throw adviseSender(error, maxBytes);
  }
  return Buffer.concat(chunks);
}

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
  const bytes = encoding === 'gzip' ? await inflateDelivery(sent, maxBytes) : sent;
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

async function inflateDelivery(sent: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await inflateBytes(sent, maxBytes);
  } catch (error) {
    throw adviseSender(error, maxBytes);
  }
}

/** In the words of whoever sends alerts: these bodies hold no traces. */
function adviseSender(error: unknown, maxBytes: number): unknown {
  if (!isPrecedentError(error, 'input-too-large')) return error;
  const advice = 'let the sender group its alerts into more and smaller deliveries, or cut their annotations';
  return new PrecedentError('input-too-large', `the delivery is larger than ${maxBytes} bytes: ${advice}`);
}
