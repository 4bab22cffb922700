import { HOP_HEADER } from './hops.ts'
import type { JsonObject } from './json.ts'
import type { HttpMethod, HttpRequest } from './ports.ts'
import type { WireFormatId } from './request.ts'
import type { Asked } from './spoken-format.ts'
import type { Target } from './target.ts'
import type { Traits } from './wire-format.ts'

/** What is asked of a provider. `passthrough`: any other path of its API, under the client's own method. */
export type Operation =
  | { readonly type: 'chat' | 'completions' | 'embeddings' | 'count-tokens' }
  | {
      readonly type: 'passthrough'
      readonly method: HttpMethod /** After the base URL, with its query. */
      readonly path: string
    }

/** What a provider needs to address one call. */
export type ProviderCall = {
  readonly target: Target
  readonly operation: Operation
  /** The format of the body. */
  readonly format: WireFormatId
  readonly stream: boolean
  readonly body: string | Uint8Array | undefined
  readonly secret: string | undefined
  /** Extra headers from the configuration; of a passthrough, over those of the client that belong to its body. */
  readonly headers: Readonly<Record<string, string>>
  /** One header of the client's, where his own format is spoken: some formats put parts of the request there. */
  readonly clientHeader?: ((name: string) => string | undefined) | undefined
  /** The gateways that the request has come through, this one last. */
  readonly hop?: string | undefined
  /** For providers that first exchange their key for a token. Rejects when no answer comes. */
  readonly ask: (request: HttpRequest) => Promise<{ readonly status: number; readonly body: string }>
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What an adjustment is told. */
export type Adjusting = {
  readonly target: Target
  /** The format of the body. */
  readonly format: WireFormatId
  /** The gateway chose the model (`auto`, a pool, an alias): a client's own body was not written for it. */
  readonly isChosen?: boolean
  /** Says that something of the client's was left out or changed. */
  lose(path: string, reason: string): void
}

/** How a server holds a model to what it is to write; for tools that are only described in the prompt. */
export type Steering = {
  /** To JSON of any schema. */
  readonly schemas?: true
  /** To a schema from a mark on: `response_format` of the type `structural_tag`. */
  readonly structuralTags?: true
  /** Goes on from an assistant turn at the end of the conversation, if the body has these members. */
  readonly goesOn?: JsonObject
}

/** How a server is asked for the template by which it tells a model of its tools. */
export type TemplateSource = {
  /** `call` has the target and the key; its operation is for the source to say. */
  request(call: ProviderCall): HttpRequest
  /** `hasTools`: whether the server takes tools for this model, where it says so. */
  read(body: JsonObject): { readonly template: string | undefined; readonly hasTools: boolean | undefined }
}

export type KeyProblem = { readonly problem: string; readonly remedy: string }

/** One upstream service: address, authorisation, quirks. No I/O. */
export type Provider = {
  readonly id: string
  /** What it is spoken to in when the client's own format is none of its own. */
  readonly format: WireFormatId
  /** Formats it takes as well: clients that speak one of them are passed through. */
  readonly alsoSpeaks?: readonly WireFormatId[]
  /** The format in which a model must be asked, where a call that asks this is served in no other. */
  formatFor?(model: string, asked: Asked): WireFormatId | undefined
  /** Formats the configuration may name instead, for servers of which only their owner knows. */
  readonly speaksIfTold?: readonly WireFormatId[]
  /** Which of its models OpenAI's legacy `/completions` serves, by their names. Others are asked as chats. */
  readonly completions?: 'all' | RegExp
  /** Without a trailing slash; `undefined` when only the configuration can tell. */
  readonly baseUrl: string | undefined
  /** What one looks like, where only the configuration can tell. */
  readonly exampleBaseUrl?: string
  /** The environment variable users keep this provider's key in; `undefined` for servers that need none. */
  readonly keyVariable: string | undefined
  /** Why a key of this shape cannot work, without a call, and what to do; never quotes it. */
  checkKey?(key: string): KeyProblem | undefined
  /** Runs on the operator's own machine: probed by `serve` without a configuration. */
  readonly isLocal?: boolean
  /** Where its dialect takes more or less than the format. */
  readonly traits?: Traits
  readonly steering?: Steering
  readonly templateSource?: TemplateSource
  /**
   * Its answers are not what clients of Chat Completions take, so that they are read and written anew for these as well:
   * all of them, or streams with the usage that nobody asked for. Several choices in one answer are passed on as they come.
   */
  readonly rewritesAnswers?: 'always' | 'unasked-usage'
  /**
   * Its calls of tools in Chat Completions are as clients of that expect them, to the letter. Answers of others to requests
   * with tools are written anew: servers number calls from 1, repeat names, send no ids or others with every delta.
   */
  readonly hasOrderlyCalls?: true
  /** It serves no embeddings that the gateway could ask for, whatever others of its format do. */
  readonly hasNoEmbeddings?: true
  authorize(call: ProviderCall): HttpRequest | Promise<HttpRequest>
  /** The few fields this service names differently; returns the same object when nothing changes. */
  adjustBody?(body: JsonObject, adjusting: Adjusting): JsonObject
  /** The same of OpenAI's body of embeddings, where it is asked in that. */
  adjustEmbeddings?(body: JsonObject, lose: Adjusting['lose']): JsonObject
}

/** Checks a provider against the contract and keeps its exact type. */
export function defineProvider<const Definition extends Provider>(definition: Definition): Definition {
  return definition
}

/** A request to `baseUrl + path` with the key as a bearer token, if there is one. */
export function bearerPost(call: ProviderCall, path: string = openaiPath(call)): HttpRequest {
  const headers: Record<string, string> = {}
  if (call.secret !== undefined) headers['authorization'] = `Bearer ${call.secret}`
  return httpRequest(call, path, headers)
}

/** A request to `baseUrl + path`; `headers` are the provider's own, over those of the configuration. */
export function httpRequest(call: ProviderCall, path: string, headers: Readonly<Record<string, string>>): HttpRequest {
  const { origin, prefix } = splitUrl(call.target.baseUrl)
  const method = call.operation.type === 'passthrough' ? call.operation.method : 'POST'
  const own = call.body === undefined ? {} : JSON_BODY
  const all: Record<string, string> = { ...PLAIN, ...own, ...call.headers, ...headers }
  if (call.hop !== undefined) all[HOP_HEADER] = call.hop
  return {
    method,
    origin,
    path: prefix + path,
    headers: all,
    body: call.body,
  }
}

// Without it a server may compress (RFC 9110, 12.5.3), and nothing here reads that.
const PLAIN = { 'accept-encoding': 'identity' }
const JSON_BODY = { 'content-type': 'application/json' }

/** Where OpenAI and all who copy it serve an operation, after the base URL that ends in `/v1`. */
export function openaiPath({ operation, format }: ProviderCall): string {
  switch (operation.type) {
    case 'chat':
      return format === 'openai-responses' ? '/responses' : '/chat/completions'
    case 'completions':
      return '/completions'
    case 'embeddings':
      return '/embeddings'
    case 'count-tokens':
      return '/messages/count_tokens'
    case 'passthrough':
      return operation.path
    default: {
      const unhandled: never = operation
      return unhandled
    }
  }
}

const splits = new Map<string, { readonly origin: string; readonly prefix: string }>()

/** `https://host/v1` as origin and path prefix. Base URLs come from configuration only, so the memory is small. */
export function splitUrl(baseUrl: string): { readonly origin: string; readonly prefix: string } {
  const known = splits.get(baseUrl)
  if (known !== undefined) return known
  const url = new URL(baseUrl)
  const split = { origin: url.origin, prefix: url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '') }
  splits.set(baseUrl, split)
  return split
}
