import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import type { HttpRequest } from '../../src/core/ports.ts'
import type { Operation, ProviderCall } from '../../src/core/provider.ts'
import { providers } from '../../src/providers/index.ts'
import { passthroughPath } from '../../src/server/passthrough-path.ts'
import { gemini as geminiEmbeddings } from '../../src/wire/embeddings/gemini.ts'

// T-71: what callers say becomes a part of a URL, and never its structure.

const BASE = 'https://upstream.example:8443/base'
const OPERATIONS: readonly Operation[] = [
  { type: 'chat' },
  { type: 'completions' },
  { type: 'embeddings' },
  { type: 'count-tokens' },
]
const SAMPLE = 'amodel'

/** Names of models as nobody writes them who means well. */
const hostileName = fc.oneof(
  fc
    .array(
      fc.oneof(
        fc.constantFrom('..', '.', '/', '\\', '#', '?', '&', '=', '%', '%2e', '%2F', '%252e', ':', ';', '@', ' ', '\t'),
        fc.constantFrom(
          '\r\n',
          '\n',
          '\0',
          'http://169.254.169.254/',
          '//',
          'models/',
          'é',
          '\u2028',
          "'",
          '"',
          '{',
          '}',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
)

async function requestFor(
  id: string,
  model: string,
  operation: Operation,
  stream: boolean,
): Promise<HttpRequest | undefined> {
  const provider = providers.get(id)
  if (provider === undefined) throw new Error(id)
  const { format } = provider
  const call: ProviderCall = {
    target: { id: `p/${model}`, provider: 'p', model, format, baseUrl: BASE, catalogId: undefined, facts: {} },
    operation,
    format,
    stream,
    body: '{}',
    secret: 'a-key-of-the-provider',
    headers: {},
    ask: () => Promise.reject(new Error('nobody is asked')),
    now: 0,
  }
  try {
    return await provider.authorize(call)
  } catch (thrown) {
    // Refused is as good as safe.
    if (thrown instanceof GatewayError || thrown instanceof URIError) return undefined
    throw thrown
  }
}

/** The path with what stands for the model taken for one segment, as a URL parser sees it. */
function shapeOf({ origin, path }: HttpRequest): { origin: string; segments: number; query: string; hash: string } {
  const url = new URL(origin + path)
  return { origin: url.origin, segments: url.pathname.split('/').length, query: url.search, hash: url.hash }
}

test.each([...providers.keys()])('T-71 no name of a model changes where %s is asked', async (id) => {
  for (const operation of OPERATIONS) {
    for (const stream of [false, true]) {
      const usual = await requestFor(id, SAMPLE, operation, stream)
      if (usual === undefined) continue
      await fc.assert(
        fc.asyncProperty(hostileName, async (model) => {
          const request = await requestFor(id, model, operation, stream)
          if (request === undefined) return
          expect(shapeOf(request)).toEqual(shapeOf(usual))
          expect(request.path).toMatch(/^[\x21-\x7e]+$/)
          for (const value of Object.values(request.headers)) expect(value).not.toMatch(/[\r\n\0]/)
        }),
        {
          numRuns: 60,
          examples: [['..'], ['.'], ['%2e%2e'], ['a/../../b'], ['#'], ['?'], ['models/..'], ['google/..']],
        },
      )
    }
  }
})

test('T-71 nor where embeddings of Google’s are asked for', () => {
  fc.assert(
    fc.property(hostileName, (model) => {
      const url = new URL(`https://x.example/v1beta${pathOrNothing(model)}`)
      expect([url.hash, url.search, url.pathname.split('/').length]).toEqual(['', '', 4])
    }),
  )
})

function pathOrNothing(model: string): string {
  try {
    return geminiEmbeddings.path(model, 'https://x.example/v1beta')
  } catch {
    return '/models/none:batchEmbedContents'
  }
}

test('T-71 no path that is passed on leaves the base URL', () => {
  fc.assert(
    fc.property(hostileName, (rest) => {
      let path: string
      try {
        path = passthroughPath(`/v1/${rest}`).path
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
        return
      }
      const url = new URL(`https://x.example/base/v1${path}`)
      expect(url.origin).toBe('https://x.example')
      expect(url.pathname.startsWith('/base/v1/')).toBe(true)
      expect(path).not.toMatch(/[\r\n\0#]/)
    }),
    { numRuns: 3_000, examples: [['.. '], ['..%20'], [' ..']] },
  )
})
