import type { JsonObject } from './json.ts'
import type { HttpRequest } from './ports.ts'
import type { WireFormatId } from './request.ts'
import type { Target } from './target.ts'

/** What a provider needs to address one call. */
export type ProviderCall = {
  readonly target: Target
  readonly body: string | Uint8Array
  readonly secret: string | undefined
  /** Extra headers from the configuration. */
  readonly headers: Readonly<Record<string, string>>
}

/** One upstream service: address, authorisation, quirks. No I/O. */
export type Provider = {
  readonly id: string
  readonly format: WireFormatId
  /** Without a trailing slash; `undefined` when only the configuration can tell. */
  readonly baseUrl: string | undefined
  /** The environment variable users keep this provider's key in; `undefined` for servers that need none. */
  readonly keyVariable: string | undefined
  /** Runs on the operator's own machine: probed by `serve` without a configuration. */
  readonly isLocal?: boolean
  authorize(call: ProviderCall): HttpRequest | Promise<HttpRequest>
  /** The few fields this service names differently; returns the same object when nothing changes. */
  adjustBody?(body: JsonObject, target: Target): JsonObject
}

/** Checks a provider against the contract and keeps its exact type. */
export function defineProvider<const Definition extends Provider>(definition: Definition): Definition {
  return definition
}

/** A JSON POST to `baseUrl + path` with the key as a bearer token, if there is one. */
export function bearerPost(call: ProviderCall, path: string): HttpRequest {
  const { origin, prefix } = splitUrl(call.target.baseUrl)
  const headers: Record<string, string> = { 'content-type': 'application/json', ...call.headers }
  if (call.secret !== undefined) headers['authorization'] = `Bearer ${call.secret}`
  return { method: 'POST', origin, path: prefix + path, headers, body: call.body }
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
