import { keepAnswers } from './answer-cache.ts'
import { ask } from './ask.ts'
import { askUpstream } from './ask-upstream.ts'
import { UNKNOWN_COST } from './call-account.ts'
import type { StoreHealth } from './core/counters.ts'
import type { Decision } from './core/decision.ts'
import { GatewayError } from './core/errors.ts'
import { createFairStore } from './core/fair-store.ts'
import type { JsonObject } from './core/json.ts'
import { createMask } from './core/mask.ts'
import type { Exchange, Ports } from './core/ports.ts'
import type { Router, RouterDefinition } from './core/router.ts'
import type { Snapshot } from './core/snapshot.ts'
import type { StreamPart } from './core/stream-part.ts'
import { decide } from './decide.ts'
import type { DecisionLog } from './decision-log/decision-log.ts'
import { createDecisionLog } from './decision-log/decision-log.ts'
import type { DecisionSink } from './decision-log/decision-stream.ts'
import { bothLogs, createDecisionStream } from './decision-log/decision-stream.ts'
import type { LogFile } from './decision-log/log-file.ts'
import { createBreakers } from './dispatch/breaker.ts'
import { createPlaces } from './dispatch/concurrency.ts'
import { createDeadlines } from './dispatch/deadline.ts'
import { createHedgeBudget } from './dispatch/hedge-budget.ts'
import { createOwnDeadlines } from './dispatch/own-deadlines.ts'
import { createFoundDialects } from './find-dialects.ts'
import { ledgerCheck, storeCheck, tokensCheck } from './health-checks.ts'
import { keepRouter } from './keep-router.ts'
import type { KeptThought } from './kept-thoughts.ts'
import { createKeptThoughts } from './kept-thoughts.ts'
import type { StateFile } from './learn/keep-state.ts'
import { keepState } from './learn/keep-state.ts'
import { createLearning } from './learn/learning.ts'
import { DEFAULT_LEARNING } from './learn/settings.ts'
import { createLimiter } from './limits/limiter.ts'
import { openQuestion } from './open-question.ts'
import { ALONE, hearPeers, talkTo } from './peer-talk.ts'
import type { Context, KeptDecision } from './pipeline.ts'
import { reachesOf } from './reaches-of.ts'
import { createReadingTape } from './reading-tape.ts'
import { createApp } from './server/app.ts'
import { LOCAL_PRINCIPAL } from './server/authenticate.ts'
import { serveChat } from './server/chat.ts'
import type { Bindings } from './server/handlers.ts'
import { createHandlers } from './server/handlers.ts'
import { keepTokens } from './server/jwt/keep-tokens.ts'
import { servePassthrough } from './server/passthrough.ts'
import type { HealthCheck, Readiness } from './server/readiness.ts'
import { createReadiness } from './server/readiness.ts'
import { CHAT_PATH, isPassedOn } from './server/routes.ts'
import { serveUnrouted } from './server/serve-unrouted.ts'
import type { SessionState } from './sessions/session-state.ts'
import { createSessions } from './sessions/sessions.ts'
import { createShadowCalls } from './shadow-calls.ts'
import type { MetricFamily } from './telemetry/registry.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { keepUsage } from './usage/keep-usage.ts'
import { createLiveMeasures } from './usage/live-measures.ts'
import type { UsageSink } from './usage/stream-usage.ts'
import { streamUsage } from './usage/stream-usage.ts'
import { createToolReliability } from './usage/tool-reliability.ts'
import { wireFormats } from './wire/index.ts'
import { openaiChat } from './wire/openai-chat/index.ts'

export type Gateway = {
  fetch(request: Request, environment: Bindings): Response | Promise<Response>
  /**
   * Serves a chat call straight from its exchange, without the HTTP framework; false when the path is not one of these.
   * Routing through it costs about as much as everything else the gateway does to a request (docs/performance.md).
   */
  serveDirectly(method: string, path: string, exchange: Exchange): boolean
  /** The decision for a chat body, without calling any upstream. */
  decide(input: { readonly body: JsonObject; readonly routeHeader?: string }): Promise<Decision>
  /** The answer to a chat body of the program's own, from the whole pipeline. Rejects with a GatewayError. */
  ask(body: JsonObject, signal: AbortSignal): Promise<readonly StreamPart[]>
  /** New requests see the new state; those under way keep theirs. Rejects, and changes nothing, when the router fails to open. */
  replaceSnapshot(snapshot: Snapshot): Promise<void>
  readiness(): Promise<Readiness>
  /** Readiness turns; everything is served on. */
  drain(): void
  /** Ends what is under way: answers that have begun with their format’s error, others with `shutting_down`. */
  endCalls(): void
  /** What `/metrics` says, as values. */
  metrics(): readonly MetricFamily[]
  /** Of the store that gateways share; `undefined` where there is none. */
  storeHealth(): StoreHealth | undefined
  /** Why the router is not in use, if it is not. */
  routerProblem(): string | undefined
  /** Name and device of the router in use, and whether it learns from models' profiles. */
  router(): { readonly name: string; readonly device: string; readonly learns: boolean } | undefined
  close(): Promise<void>
}

type GatewayOptions = {
  readonly snapshot: Snapshot
  readonly ports: Ports
  readonly routers: ReadonlyMap<string, RouterDefinition>
  /** True when an OpenTelemetry SDK is registered; without one, spans would be built for nobody. */
  readonly isTracing?: boolean
  /** Where decisions are logged, if they are. */
  readonly decisionLog?: DecisionLogSettings | undefined
  /** Who gets records of usage and of decisions besides ledger and log. */
  readonly streams?: Streams | undefined
  /** What else readiness rests on. */
  readonly healthChecks?: readonly HealthCheck[]
  /** What telemetry had to drop outside of the gateway, by where it goes. */
  readonly dropped?: (() => Readonly<Record<string, number>>) | undefined
  /** While usage cannot be written down, calls are refused. */
  readonly isLedgerRequired?: boolean
  /** Where what was learned is kept; in memory alone when left out. */
  readonly learnedFile?: StateFile | undefined
}

export type Streams = { readonly usage?: UsageSink | undefined; readonly decisions?: DecisionSink | undefined }

export type DecisionLogSettings = {
  readonly file: LogFile
  readonly prompts: boolean
  readonly maxBytes: number
}

const INSTANCE_SIZE = 16
const KEPT_DECISIONS = 1_000
// Under two keys each, about a kilobyte with the shares of eighty kinds.
const KEPT_SESSIONS = 20_000
const CHAT_DOOR = { format: openaiChat, endpoint: 'chat_completions' }

/** Wires the stages together. Opens the router first; without one the gateway serves in the policy's fixed order. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { ports, routers } = options
  const telemetry = createTelemetry(ports.log, options.isTracing ?? false, ports.clock, options.dropped)
  const live = createLiveMeasures(ports.clock)
  const readingTape = createReadingTape(ports.clock)
  const toolReliability = createToolReliability(ports.clock)
  const deadlines = (ports.clock.isPerCall === true ? createOwnDeadlines : createDeadlines)(ports.clock)
  const talk = ports.peers === undefined ? ALONE : talkTo(ports.peers)
  const breakers = createBreakers({
    clock: ports.clock,
    random: ports.random,
    changed(targetId, isResting, cause, restMs, isHearsay) {
      telemetry.breaker(targetId, isResting, cause, restMs)
      if (!isHearsay) talk.rested(context.snapshot.targets.get(targetId), isResting, cause, restMs)
    },
  })
  const hedges = createHedgeBudget()
  const places = createPlaces(ports.clock, telemetry.waiting)
  const decisions = createFairStore<KeptDecision>(KEPT_DECISIONS)
  const { streams = {} } = options
  const decisionLog = logDecisions(
    options.decisionLog === undefined
      ? undefined
      : createDecisionLog({ ...options.decisionLog, ports, count: telemetry.decisionLogged }),
    streams.decisions === undefined ? undefined : createDecisionStream(streams.decisions, ports),
    ports.clock.now,
  )
  const ledger =
    ports.ledger === undefined
      ? undefined
      : keepUsage({
          ledger: ports.ledger,
          isClosedOnFailure: options.isLedgerRequired ?? false,
          clock: ports.clock,
          log: ports.log,
          count: telemetry.usageKept,
        })
  const usage = streams.usage === undefined ? ledger : streamUsage(ledger, streams.usage)
  const thoughts = createKeptThoughts(createFairStore<KeptThought>(KEPT_DECISIONS), ports.clock)
  const sessions = createSessions({
    store: ports.createStore<SessionState>(KEPT_SESSIONS),
    now: () => ports.clock.now(),
    digest: ports.digest,
  })
  const shadows = createShadowCalls()
  const answers = keepAnswers(ports)
  const learning = createLearning({
    ports,
    settings: () => context.snapshot.learning ?? DEFAULT_LEARNING,
    isShared: () => context.snapshot.keys.length > 1 || context.snapshot.jwt !== undefined,
    gauges: telemetry.drifted,
    onOutcome(outcome) {
      telemetry.outcome(outcome)
      // Of what the gateway sees itself only what was amiss: nearly every answer is good by every sign.
      if (outcome.source === 'user' || outcome.reward < 1) decisionLog?.outcome(outcome)
    },
    onTaught: talk.taught,
  })
  const kept = options.learnedFile === undefined ? undefined : keepState(learning, options.learnedFile, ports)
  ports.counters.watch?.(telemetry.store)
  const limiter = createLimiter(ports.counters, ports.clock, ports.random)
  const keeper = keepRouter(routers, ports)
  const upstream = askUpstream(ports.transport, ports.clock)
  const foundDialects = createFoundDialects(upstream, ports.log)
  const instance = ports.randomId(INSTANCE_SIZE)
  const tokensOf = keepTokens(ports)
  let isDraining = false
  let context = contextOf(options.snapshot, await keeper.routerFor(options.snapshot))
  ports.peers?.listen(hearPeers(() => context))

  function contextOf(snapshot: Snapshot, router: Router | undefined): Context {
    ports.transport.reach?.(reachesOf(snapshot))
    ports.background.run(() => foundDialects.find(snapshot, ports.clock.now()))
    return {
      ports,
      instance,
      snapshot,
      router,
      tokens: tokensOf(snapshot),
      live,
      readingTape,
      toolReliability,
      learning,
      limiter,
      telemetry,
      deadlines,
      breakers,
      places,
      hedges,
      decisions,
      decisionLog,
      ledger: usage,
      thoughts,
      sessions,
      shadows,
      mask: createMask(secretsOf(snapshot)),
      answers: answers.cacheFor(snapshot),
      formats: wireFormats,
      ask: upstream,
      textTools: foundDialects.read,
    }
  }

  const readiness = createReadiness(
    [
      {
        name: 'models',
        problem: () => (context.snapshot.targets.size > 0 ? undefined : 'no model is configured'),
        isNeeded: () => true,
      },
      // Without its router the gateway still answers, in the policy's fixed order: ready, and it says so.
      { name: 'router', problem: keeper.problem, isNeeded: () => false },
      { name: 'lifecycle', problem: () => (isDraining ? 'draining' : undefined), isNeeded: () => true },
      ...(ledger === undefined ? [] : [ledgerCheck(ledger, options.isLedgerRequired ?? false)]),
      tokensCheck(() => context),
      storeCheck(ports.counters),
      ...(options.healthChecks ?? []),
    ],
    ports.clock,
  )

  const app = createApp(
    createHandlers(() => context, readiness, openaiChat),
    wireFormats,
    openaiChat,
  )
  return {
    fetch: (request, environment) => app.fetch(request, environment),
    serveDirectly(method, path, exchange) {
      if (method === 'HEAD' && isPassedOn(path, exchange.header('x-route-provider'))) {
        // The HTTP framework answers HEAD as a GET of its own.
        const door = { format: openaiChat, endpoint: 'passthrough', cost: UNKNOWN_COST }
        void serveUnrouted(exchange, door, context, (call) => servePassthrough(call, method, path))
        return true
      }
      if (method !== 'POST' || path !== CHAT_PATH) return false
      void serveChat(exchange, CHAT_DOOR, context)
      return true
    },
    async decide({ body, routeHeader }) {
      const bytes = new TextEncoder().encode(JSON.stringify(body))
      const { body: opened, said } = openQuestion(bytes, openaiChat, LOCAL_PRINCIPAL, context.snapshot)
      const { chat } = opened.read()
      const id = `rt_${ports.randomId(24)}`
      const { decision } = await decide(
        { id, chat, format: openaiChat, principal: LOCAL_PRINCIPAL, routeHeader, said },
        context,
      )
      if (decision === undefined) throw new GatewayError('internal_error', 'No decision was made.')
      return decision
    },
    ask: (body, signal) => ask(body, signal, openaiChat, context),
    async replaceSnapshot(snapshot) {
      const before = context.snapshot
      context = contextOf(snapshot, await keeper.routerFor(snapshot))
      breakers.keep((targetId) => isSameUpstream(targetId, before, snapshot))
      await keeper.closeUnused()
    },
    readiness,
    drain() {
      isDraining = true
    },
    endCalls() {
      isDraining = true
      shadows.close()
      deadlines.stop(shuttingDown())
    },
    metrics: telemetry.readMetrics,
    storeHealth: () => ports.counters.health(),
    routerProblem: keeper.problem,
    router() {
      const { router } = context
      if (router === undefined) return undefined
      return { name: router.name, device: router.device, learns: router.onboard !== undefined }
    },
    async close() {
      isDraining = true
      shadows.close()
      await ports.background.drain()
      await ports.peers?.close()
      await ports.counters.close()
      await answers.close()
      telemetry.flush()
      ledger?.close()
      await decisionLog?.close()
      await kept?.flush()
      await keeper.close()
      await ports.inference?.close()
      await ports.transport.close()
    },
  }
}

function logDecisions(
  log: DecisionLog | undefined,
  stream: DecisionLog | undefined,
  now: () => number,
): DecisionLog | undefined {
  return log === undefined || stream === undefined ? (log ?? stream) : bothLogs(log, stream, now)
}

function secretsOf({ providers, router }: Snapshot): string[] {
  const sent = [...providers.values()].flatMap(({ secret, hidden = [] }) => [
    ...(secret === undefined ? [] : [secret]),
    ...hidden,
  ])
  return [...sent, ...Object.values(router.remote?.headers ?? {})]
}

function shuttingDown(): GatewayError {
  return new GatewayError('shutting_down', 'The gateway is being stopped. Send the request again.', {
    // Of a request that has not come to its end no more is read.
    headers: { 'retry-after': '1', connection: 'close' },
  })
}

/** A target that stays what it was keeps what is known of its health. */
function isSameUpstream(targetId: string, before: Snapshot, after: Snapshot): boolean {
  const was = before.targets.get(targetId)
  const is = after.targets.get(targetId)
  if (was === undefined || is === undefined || was.baseUrl !== is.baseUrl) return false
  return before.providers.get(was.provider)?.secret === after.providers.get(is.provider)?.secret
}
