import type { Handlers } from './handlers.ts'

export const CHAT_PATH = '/v1/chat/completions'

/** Paths and handlers only, so that a route change is one visible line. */
export const ROUTES = [
  ['POST', CHAT_PATH, 'chat'],
  ['POST', '/v1/completions', 'completions'],
  ['POST', '/v1/responses', 'responses'],
  ['POST', '/v1/messages', 'messages'],
  ['POST', '/v1/messages/count_tokens', 'countTokens'],
  ['POST', '/v1beta/models/:call{.+}', 'gemini'],
  // AI SDK's Google provider leaves `models/` out where a model's name has a slash.
  ['POST', '/v1beta/:call{.+:(?:generateContent|streamGenerateContent|countTokens)}', 'gemini'],
  ['GET', '/v1beta/models', 'geminiModels'],
  ['GET', '/v1beta/models/:id{.+}', 'geminiModel'],
  ['POST', '/v1/embeddings', 'embeddings'],
  ['POST', '/v1/route', 'route'],
  ['GET', '/v1/models', 'models'],
  ['GET', '/v1/models/:id{.+}', 'model'],
  ['GET', '/v1/decisions/:id', 'decision'],
  ['POST', '/v1/feedback', 'feedback'],
  ['GET', '/healthz', 'health'],
  ['GET', '/readyz', 'readiness'],
  ['GET', '/metrics', 'metrics'],
  ['GET', '/', 'home'],
] as const satisfies readonly (readonly ['GET' | 'POST', string, keyof Handlers])[]

/** Whether a URL below `/v1` goes to a provider: one of the gateway's own paths, under another method, only when one is named. */
export function isPassedOn(url: string, providerHeader: string | undefined): boolean {
  const path = pathOf(url)
  if (!path.startsWith('/v1/') || missedPath(path) !== undefined) return false
  const isOwn = ROUTES.some(([, own]) => own === path)
  return !isOwn || providerHeader !== undefined || /[?&]provider=/.test(url)
}

/**
 * The gateway's own path that `path` misses by its slashes, its letters' case, its encoding or a doubled `/v1` alone. Providers may not
 * mind, so that passed on such a call would be one that nobody counts or bounds.
 */
export function missedPath(path: string): string | undefined {
  // SDKs of Anthropic put their own `/v1` after the base URL that OpenAI's end with.
  const folded = foldPath(path).replace(/^(?:\/v1(?=\/v1\/))+/, '')
  return folded === path ? undefined : ROUTES.find(([, own]) => own === folded)?.[1]
}

function pathOf(url: string): string {
  return url.slice(url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3)).replace(/[?#].*$/s, '')
}

// As often as passthrough-path.ts looks for dot segments; what is encoded more often is refused there.
const MOST_DECODINGS = 4

function foldPath(path: string): string {
  let text = path
  for (let round = 0; round < MOST_DECODINGS; round += 1) {
    text = text.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
  }
  const segments = text.split('/').map((segment) => segment.replace(/;.*$/s, '').trim())
  return `/${segments.filter((segment) => segment !== '').join('/')}`.toLowerCase()
}
