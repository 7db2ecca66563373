import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PrecedentError } from '../domain/errors.ts';
import { HttpError, toProblem } from './problem.ts';

/** What never became a request, because it is not HTTP or took too long, is a problem like any other. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = toProblem(toError(error.code), '/');
  const text = JSON.stringify(body);
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${text}`);
}

function toError(code: string | undefined): Error {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new HttpError('request-timeout', 'the request did not arrive in time');
  if (code === 'HPE_HEADER_OVERFLOW') return new HttpError('headers-too-large', 'the headers are larger than 16 KiB');
  return new PrecedentError('input-invalid', 'this is not HTTP/1.1');
}
