import type { Context as HonoContext } from 'hono'
import { UNKNOWN_COST } from '../call-account.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { Exchange } from '../core/ports.ts'
import type { WireFormatId } from '../core/request.ts'
import type { Principal } from '../core/snapshot.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { decide } from '../decide.ts'
import { underPolicies } from '../governing.ts'
import { withGuardNotes } from '../guard-notes.ts'
import { guardHeaders, openGuards } from '../guards-of.ts'
import { openQuestion } from '../open-question.ts'
import type { Context } from '../pipeline.ts'
import { openaiCompletions } from '../wire/openai-completions/index.ts'
import { authenticate } from './authenticate.ts'
import type { Door } from './chat.ts'
import { serveChat } from './chat.ts'
import { geminiCount, messagesCount, serveCountTokens } from './count-tokens.ts'
import { serveEmbeddings } from './embeddings.ts'
import { readFeedback, takeFeedback } from './feedback.ts'
import { findDecision } from './find-decision.ts'
import { formatOfBody } from './format-of-body.ts'
import { formatOfPath } from './format-of-path.ts'
import { geminiDoor, geminiModel, readGeminiCall } from './gemini-door.ts'
import { findGeminiModel, listGeminiModels } from './gemini-models.ts'
import { listModels } from './models.ts'
import { servePassthrough } from './passthrough.ts'
import { readJson, readJsonBytes } from './read-json.ts'
import type { Readiness } from './readiness.ts'
import { serveUnrouted } from './serve-unrouted.ts'

export type Environment = { Bindings: Bindings }
export type Bindings = {
  readonly exchange: Exchange
  /** The request's target as it was sent, where the platform knows it. A URL has lost its dot segments. */
  readonly target?: string
}
type Request = HonoContext<Environment>
type Handler = (request: Request) => Response | Promise<Response>

export type Handlers = Readonly<Record<HandlerName, Handler>>
type HandlerName =
  | 'chat'
  | 'responses'
  | 'messages'
  | 'countTokens'
  | 'gemini'
  | 'geminiModels'
  | 'geminiModel'
  | 'completions'
  | 'embeddings'
  | 'passthrough'
  | 'route'
  | 'models'
  | 'model'
  | 'decision'
  | 'feedback'
  | 'health'
  | 'readiness'
  | 'metrics'
  | 'home'

const NOTHING = { full: 0, least: 0 }

/** One handler a path. `current` gives the context a request begins with and keeps. */
export function createHandlers(
  current: () => Context,
  readiness: () => Promise<Readiness>,
  format: WireFormat,
): Handlers {
  /** Runs `answer` for a caller with a valid key; health is the only thing told to anyone. */
  async function guarded(
    request: Request,
    answer: (context: Context, principal: Principal) => Response | Promise<Response>,
  ): Promise<Response> {
    const spoken = spokenAt(request.req.path)
    try {
      const context = current()
      // Google's clients may put their key into the query, and no others do.
      const key = spoken.id === 'gemini-generate' ? (queryOf(request).get('key') ?? undefined) : undefined
      return await answer(context, await authenticate(context.snapshot, request.env.exchange, key, context.tokens))
    } catch (thrown) {
      return refused(thrown, spoken)
    }
  }

  function spokenAt(path: string): WireFormat {
    return current().formats.get(formatOfPath(path)) ?? format
  }

  function refused(thrown: unknown, spoken: WireFormat): Response {
    const error = toGatewayError(thrown)
    if (error.code === 'internal_error') current().ports.log('error', 'internal_error', { cause: String(thrown) })
    return Response.json(spoken.writeError(error), { status: error.status, headers: error.headers })
  }

  /** Not awaited: the answer leaves through the exchange, and errors are answered there too. */
  function served(request: Request, door: Door): Response | Promise<Response> {
    const { exchange } = request.env
    void serveChat(exchange, door, current())
    return exchange.response()
  }

  function formatNamed(id: WireFormatId): WireFormat {
    const found = current().formats.get(id)
    if (found !== undefined) return found
    throw new GatewayError('not_implemented', `The format ${id} is not spoken here.`)
  }

  return {
    chat: (request) => served(request, { format, endpoint: 'chat_completions' }),
    completions: (request) => served(request, { format: openaiCompletions, endpoint: 'completions' }),
    responses: (request) => served(request, { format: formatNamed('openai-responses'), endpoint: 'responses' }),
    messages: (request) => served(request, { format: formatNamed('anthropic-messages'), endpoint: 'messages' }),
    countTokens(request) {
      const { exchange } = request.env
      const messages = formatNamed('anthropic-messages')
      const door = { endpoint: 'count_tokens', format: messages, cost: NOTHING }
      void serveUnrouted(exchange, door, current(), (call) => serveCountTokens(call, messagesCount(messages)))
      return exchange.response()
    },
    gemini(request) {
      const gemini = formatNamed('gemini-generate')
      try {
        const said = readGeminiCall(request.req.path, queryOf(request))
        if (said.method !== 'countTokens') return served(request, geminiDoor(said, gemini))
        const { exchange } = request.env
        const door = { endpoint: 'count_tokens', format: gemini, key: said.key, cost: NOTHING }
        void serveUnrouted(exchange, door, current(), (call) => serveCountTokens(call, geminiCount(gemini, said.said)))
        return exchange.response()
      } catch (thrown) {
        return refused(thrown, gemini)
      }
    },
    geminiModels: (request) =>
      guarded(request, ({ snapshot }) => Response.json(listGeminiModels(snapshot, queryOf(request)))),
    geminiModel: (request) =>
      guarded(request, ({ snapshot }) => Response.json(findGeminiModel(snapshot, geminiModel(request.req.path)))),
    embeddings(request) {
      const { exchange } = request.env
      void serveUnrouted(exchange, { endpoint: 'embeddings', format }, current(), serveEmbeddings)
      return exchange.response()
    },
    passthrough(request) {
      const { exchange, target } = request.env
      const { method, path, url } = request.req
      const door = { endpoint: 'passthrough', format: spokenAt(path), cost: UNKNOWN_COST }
      void serveUnrouted(exchange, door, current(), (call) => servePassthrough(call, method, target ?? url))
      return exchange.response()
    },
    route: (request) =>
      guarded(request, async (context, principal) => {
        const { exchange } = request.env
        const { snapshot } = context
        const guards = openGuards(principal, snapshot, context.ports.clock)
        const { bytes, body: value } = await readJsonBytes(exchange, context, guards)
        const hints = {
          format: queryOf(request).get('format') ?? undefined,
          anthropicVersion: exchange.header('anthropic-version'),
        }
        const spoken = formatNamed(formatOfBody(value, hints))
        const { body: opened, said } = openQuestion(bytes, spoken, principal, snapshot)
        const routeHeader = exchange.header('x-route')
        const asking = { body: opened, said, format: spoken, principal, routeHeader }
        const { body, governing } = underPolicies(asking, guards, snapshot)
        const id = `rt_${context.ports.randomId(24)}`
        const decided = await decide(
          {
            id,
            chat: body.read().chat,
            format: spoken,
            principal,
            governing,
            routeHeader,
            said,
            header: (name) => exchange.header(name),
          },
          context,
        )
        const { decision } = withGuardNotes(decided, guards?.notes() ?? [])
        return Response.json(decision, { headers: { 'x-route-id': id, ...guardHeaders(guards) } })
      }),
    models: (request) =>
      guarded(request, (context) =>
        Response.json({ object: 'list', data: listModels(context.snapshot, context.live) }),
      ),
    model: (request) =>
      guarded(request, (context) => {
        const id = request.req.param('id') ?? ''
        const found = listModels(context.snapshot, context.live).find((model) => model.id === id)
        if (found !== undefined) return Response.json(found)
        throw new GatewayError(
          'model_not_found',
          `The model "${id.slice(0, 100)}" is not configured. GET /v1/models lists every name.`,
        )
      }),
    decision: (request) =>
      guarded(request, async (context, principal) => {
        const id = request.req.param('id') ?? ''
        const decision = await findDecision(id, principal.name, context)
        if (decision !== undefined) return Response.json(decision)
        throw new GatewayError(
          'decision_not_found',
          'No decision of that id is kept. Receipts are kept for the last calls only.',
        )
      }),
    feedback: (request) =>
      guarded(request, async (context, principal) => {
        const feedback = readFeedback(await readJson(request.env.exchange, context))
        return Response.json(await takeFeedback(feedback, principal, context))
      }),
    health: () => Response.json({ status: 'ok' }),
    async readiness() {
      const state = await readiness()
      return Response.json(state, { status: state.ready ? 200 : 503 })
    },
    metrics: (request) =>
      guarded(
        request,
        (context) =>
          new Response(context.telemetry.renderMetrics(), {
            headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
          }),
      ),
    home: (request) =>
      guarded(request, (context) =>
        Response.json({
          name: 'thalamus',
          models: context.snapshot.targets.size,
          try: {
            path: 'POST /v1/chat/completions',
            body: { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] },
          },
        }),
      ),
  }
}

function queryOf(request: Request): URLSearchParams {
  return new URL(request.req.url).searchParams
}
