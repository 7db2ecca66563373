import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { ModelFailure } from '../domain/model-failure.ts';
import { untilAborted } from '../domain/until-aborted.ts';
import type { ChatModel, ChatReply, ChatRequest } from '../ports.ts';
import { startDeadline } from './deadline.ts';
import { excerpt, explainFailure, kindOfStatus, UnusableReply } from './openai-failure.ts';

export interface OpenAiChatModelOptions {
  /** What it is called in reasons; its model's name when it has none of its own. */
  readonly name?: string | undefined;
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

/** One OpenAI-compatible endpoint through LangChain's client. Every failure becomes a ModelFailure, in words too. */
export function createOpenAiChatModel(options: OpenAiChatModelOptions): ChatModel {
  const name = options.name ?? options.model;
  return {
    name,
    async complete(request, signal) {
      using deadline = startDeadline(options.timeoutMs, signal);
      try {
        const client = new ChatCompletionsClient(options, request.temperature);
        const body = await untilAborted(client.send(request, deadline.signal), deadline.signal);
        return toReply(body, options);
      } catch (error) {
        // The SDK's error may hold the key (servers echo it), so it is described and never passed on as the cause.
        const { reason, ...details } = explainFailure(error, options, signal);
        throw new ModelFailure(`The LLM ${name} gave no answer: ${reason}.`, details);
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
        fetch: apiKey ? fetchLimited : fetchWithoutKey,
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

/** Hundreds of times what is read of a reply. One that never ends would fill the memory long before its time is over. */
const MAX_REPLY_BYTES = 8 * 1_048_576;

const fetchLimited: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  let left = MAX_REPLY_BYTES;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      left -= chunk.length;
      if (left >= 0) controller.enqueue(chunk);
      else controller.error(new UnusableReply(`its reply is longer than ${MAX_REPLY_BYTES / 1_048_576} MB`));
    },
  });
  return response.body ? new Response(response.body.pipeThrough(limit), response) : response;
};

const fetchWithoutKey: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.delete('authorization');
  return fetchLimited(input, { ...init, headers });
};

const TextPart = z.object({ text: z.string() }).transform((part) => part.text);

const Message = z.object({
  content: z
    .union([z.string(), z.array(TextPart).transform((parts) => parts.join(''))])
    .nullish()
    .transform((content) => content ?? ''),
  refusal: z.string().nullish(),
});

/** A count that is none must neither spoil the budget nor the diagnosis that tells it. */
const count = z.int().min(0).max(1_000_000_000);

const Completion = z.object({
  model: z.string().optional().catch(undefined),
  choices: z.array(z.object({ message: Message, finish_reason: z.string().nullish() })).min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).optional().catch(undefined),
});

const ErrorBody = z.object({
  error: z.union([
    z.string().transform((message) => ({ message, code: undefined })),
    z.object({ message: z.string(), code: z.number().optional().catch(undefined) }),
  ]),
});

function toReply(body: unknown, options: OpenAiChatModelOptions): ChatReply {
  const completion = Completion.safeParse(body);
  if (!completion.success) throw whyNoCompletion(body, options);
  const { choices, model, usage } = completion.data;
  const tokens = usage && { input: usage.prompt_tokens, output: usage.completion_tokens };
  const refused = (reason: string) => new UnusableReply(reason, { kind: 'refused', tokens });
  // The schema asks for one choice at least.
  const [{ message, finish_reason: finishReason } = { message: { content: '', refusal: undefined } }] = choices;
  if (message.refusal) throw refused(`it refused ("${excerpt(message.refusal, options)}")`);
  if (finishReason === 'content_filter') throw refused('a content filter stopped it');
  if (message.content.trim() === '') {
    throw refused(`its message is empty${finishReason === 'length' ? ' (it ran out of tokens)' : ''}`);
  }
  const said = excerpt(model ?? '', options);
  return { text: message.content, model: said || options.model, ...(tokens ? { tokens } : {}) };
}

function whyNoCompletion(body: unknown, options: OpenAiChatModelOptions): UnusableReply {
  const parsed = ErrorBody.safeParse(body);
  if (parsed.success) {
    const { message, code: status } = parsed.data.error;
    // Gateways pass on the failure of whoever is behind them with status 200, and its status as a code.
    const kind = status === undefined ? 'unusable' : kindOfStatus(status);
    return new UnusableReply(`it sent an error ("${excerpt(message, options)}")`, { kind, status });
  }
  if (body === undefined || body === null || body === '') return new UnusableReply('its reply is empty');
  if (typeof body === 'string')
    return new UnusableReply(`its reply is ${/<html/i.test(body) ? 'an HTML page' : 'text'}, not JSON`);
  return new UnusableReply('its reply is not a chat completion');
}
