import { ChatOpenAI } from '@langchain/openai';
import { APIError } from 'openai';
import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import type { ChatModel, ChatReply, ChatRequest } from '../ports.ts';
import { startDeadline } from './deadline.ts';
import { describeNetworkFailure } from './network-failure.ts';

export interface OpenAiChatModelOptions {
  /** Of any OpenAI-compatible API: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Ollama and vLLM need none; then no Authorization header is sent. */
  readonly apiKey?: string | undefined;
  /** Sent instead of each request's own: some models accept one value only. */
  readonly temperature?: number | undefined;
  /** For one request, whatever the caller's signal allows. */
  readonly timeoutMs: number;
}

/** One OpenAI-compatible endpoint through LangChain's client. Every failure becomes `llm-unavailable`, in words. */
export function createOpenAiChatModel(options: OpenAiChatModelOptions): ChatModel {
  return {
    name: options.model,
    async complete(request, signal) {
      using deadline = startDeadline(options.timeoutMs, signal);
      try {
        const client = new ChatCompletionsClient(options, request.temperature);
        const body = await raceAbort(client.send(request, deadline.signal), deadline.signal);
        return toReply(body, options);
      } catch (error) {
        // The SDK's error may hold the key (servers echo it), so it is described and never passed on as the cause.
        const reason = signal.aborted ? whyAborted(signal) : describeFailure(error, options);
        throw new PrecedentError('llm-unavailable', `The LLM ${options.model} gave no answer: ${reason}.`);
      }
    },
  };
}

/**
 * Sends one chat completion and hands back the body as it came. Going through `completionWithRetry` rather than
 * `invoke` keeps LangSmith's tracer out whatever the environment says, and keeps refusals and error bodies, which
 * LangChain's message conversion drops. Some model names would switch ChatOpenAI to the Responses API, which
 * compatible servers rarely speak: here it is always Chat Completions.
 */
class ChatCompletionsClient extends ChatOpenAI {
  constructor({ baseUrl, model, apiKey, temperature, timeoutMs }: OpenAiChatModelOptions, requested: number) {
    super({
      model,
      temperature: temperature ?? requested,
      // Without any value both LangChain and the SDK would pick up the environment's key and send it to this server.
      apiKey: apiKey || 'none',
      maxRetries: 0,
      timeout: timeoutMs,
      streaming: false,
      configuration: {
        baseURL: baseUrl,
        adminAPIKey: null,
        organization: null,
        project: null,
        logLevel: 'off',
        fetch: apiKey ? fetch : fetchWithoutKey,
      },
    });
  }

  send({ system, user }: ChatRequest, signal: AbortSignal): Promise<unknown> {
    const messages = [
      { role: 'system' as const, content: system },
      { role: 'user' as const, content: user },
    ];
    const { stream: _, ...parameters } = this.completions.invocationParams();
    return this.completions.completionWithRetry({ ...parameters, stream: false, messages }, { signal, maxRetries: 0 });
  }
}

const fetchWithoutKey: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.delete('authorization');
  return fetch(input, { ...init, headers });
};

/** Settles when `signal` aborts, even if the work ignores it; what the work does later is nobody's concern. */
async function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

const TextPart = z.object({ text: z.string() }).transform((part) => part.text);

const Message = z.object({
  content: z
    .union([z.string(), z.array(TextPart).transform((parts) => parts.join(''))])
    .nullish()
    .transform((content) => content ?? ''),
  refusal: z.string().nullish(),
});

const Completion = z.object({
  model: z.string().optional().catch(undefined),
  choices: z.array(z.object({ message: Message, finish_reason: z.string().nullish() })).min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).optional().catch(undefined),
});

const ErrorBody = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

function toReply(body: unknown, options: OpenAiChatModelOptions): ChatReply {
  const completion = Completion.safeParse(body);
  if (!completion.success) throw new UnusableReply(whyNoCompletion(body, options));
  const { choices, model, usage } = completion.data;
  // The schema asks for one choice at least.
  const [{ message, finish_reason: finishReason } = { message: { content: '', refusal: undefined } }] = choices;
  if (message.refusal) throw new UnusableReply(`it refused ("${excerpt(message.refusal, options)}")`);
  if (finishReason === 'content_filter') throw new UnusableReply('a content filter stopped it');
  if (message.content.trim() === '') {
    throw new UnusableReply(`its message is empty${finishReason === 'length' ? ' (it ran out of tokens)' : ''}`);
  }
  const tokens = usage && { input: usage.prompt_tokens, output: usage.completion_tokens };
  return { text: message.content, model: model ?? options.model, ...(tokens ? { tokens } : {}) };
}

/** The HTTP exchange went well and its content did not. The message is made here, never by the server alone. */
class UnusableReply extends Error {
  override readonly name = 'UnusableReply';
}

function whyNoCompletion(body: unknown, options: OpenAiChatModelOptions): string {
  const error = ErrorBody.safeParse(body);
  if (error.success) {
    const { error: detail } = error.data;
    return `it sent an error ("${excerpt(typeof detail === 'string' ? detail : detail.message, options)}")`;
  }
  if (body === undefined || body === null || body === '') return 'its reply is empty';
  if (typeof body === 'string') return `its reply is ${/<html/i.test(body) ? 'an HTML page' : 'text'}, not JSON`;
  return 'its reply is not a chat completion';
}

function whyAborted(signal: AbortSignal): string {
  return nameOf(signal.reason) === 'TimeoutError' ? 'the deadline has passed' : 'the request was cancelled';
}

/** What went wrong, as a clause that ends without a full stop. */
function describeFailure(error: unknown, options: OpenAiChatModelOptions): string {
  if (error instanceof UnusableReply) return error.message;
  if (nameOf(error) === 'TimeoutError') return `it took longer than ${options.timeoutMs / 1000} s`;
  if (nameOf(error) === 'ContextOverflowError') return 'the prompt is longer than its context window';
  if (error instanceof APIError && error.status !== undefined) return describeStatus(error, options);
  if (error instanceof SyntaxError) return 'its reply is not valid JSON (cut short?)';
  return `${describeNetworkFailure(error)}, at ${originOf(options.baseUrl)}`;
}

function describeStatus(error: APIError, options: OpenAiChatModelOptions): string {
  const { status = 0 } = error;
  if (status === 401 || status === 403)
    return `${options.apiKey ? 'the API key was refused' : 'the endpoint wants an API key'} (${status})`;
  const detail = /<html/i.test(error.message)
    ? 'an HTML page'
    : `"${excerpt(withoutTroubleshooting(error.message), options)}"`;
  if (status === 404) return `the endpoint does not know this model or path (${detail})`;
  if (status === 429 && error.code === 'insufficient_quota') return 'its quota is used up (429)';
  if (status === 429) return `its rate limit is reached (429, ${whenToRetry(error.headers, options)})`;
  return status >= 500 ? `the server failed (${detail})` : `the request was refused (${detail})`;
}

/** LangChain appends a link to its own documentation, which helps nobody on call. */
function withoutTroubleshooting(message: string): string {
  return message.split('Troubleshooting URL:')[0] ?? '';
}

function whenToRetry(headers: Headers | undefined, options: OpenAiChatModelOptions): string {
  const retryAfter = headers?.get('retry-after');
  if (!retryAfter) return 'it does not say when to try again';
  return /^\d+(\.\d+)?$/.test(retryAfter)
    ? `try again in ${retryAfter} s`
    : `try again at ${excerpt(retryAfter, options)}`;
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}

/** Without path, query or credentials. */
function originOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : 'a base URL that is none';
}

/** The server's own words, short and without the key: some servers echo it. */
function excerpt(text: string, { apiKey }: OpenAiChatModelOptions): string {
  const redacted = apiKey ? text.replaceAll(apiKey, '***') : text;
  return redacted.replace(/\s+/g, ' ').trim().slice(0, 200);
}
