import type { Handlers } from './handlers.ts'

export const CHAT_PATH = '/v1/chat/completions'

/** Paths and handlers only, so that a route change is one visible line. */
export const ROUTES = [
  ['POST', CHAT_PATH, 'chat'],
  ['POST', '/v1/responses', 'responses'],
  ['POST', '/v1/messages', 'messages'],
  ['POST', '/v1/messages/count_tokens', 'countTokens'],
  ['POST', '/v1beta/models/:call{.+}', 'gemini'],
  ['POST', '/v1/route', 'route'],
  ['GET', '/v1/models', 'models'],
  ['GET', '/v1/models/:id{.+}', 'model'],
  ['GET', '/v1/decisions/:id', 'decision'],
  ['GET', '/healthz', 'health'],
  ['GET', '/readyz', 'readiness'],
  ['GET', '/metrics', 'metrics'],
  ['GET', '/', 'home'],
] as const satisfies readonly (readonly ['GET' | 'POST', string, keyof Handlers])[]
