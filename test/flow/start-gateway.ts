import { routers } from '../../routers/index.ts'
import type { Counters } from '../../src/core/counters.ts'
import type { Timeouts } from '../../src/core/decision.ts'
import type { DispatchSettings } from '../../src/core/dispatch-settings.ts'
import { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import type { PlacedGuard } from '../../src/core/guard.ts'
import type { Ledger } from '../../src/core/ledger.ts'
import type { Peers } from '../../src/core/peers.ts'
import type { Policy } from '../../src/core/policy.ts'
import type { Blobs, Inference } from '../../src/core/ports.ts'
import type { Provider } from '../../src/core/provider.ts'
import type { WireFormatId } from '../../src/core/request.ts'
import type { RouterDefinition } from '../../src/core/router.ts'
import type { SessionSettings } from '../../src/core/session.ts'
import type {
  CacheSettings,
  ConfiguredProvider,
  InboundKey,
  JwtSettings,
  LearningSettings,
  Pool,
  Snapshot,
} from '../../src/core/snapshot.ts'
import type { Facts, Target, TextTools } from '../../src/core/target.ts'
import { builtInPolicies } from '../../src/directives/built-in-policies.ts'
import type { DecisionLogSettings, Gateway } from '../../src/gateway.ts'
import { createGateway } from '../../src/gateway.ts'
import type { StateFile } from '../../src/learn/keep-state.ts'
import { createNodePorts } from '../../src/platform/node/ports.ts'
import { serve } from '../../src/platform/node/serve.ts'
import { providers } from '../../src/providers/index.ts'
import { NotSendable } from '../workers/flow-codec.ts'
import { startInWorker } from '../workers/start-in-worker.ts'

export type LogLine = { readonly level: string; readonly event: string; readonly [field: string]: unknown }

export type TestGateway = {
  readonly url: string
  readonly gateway: Gateway
  readonly snapshot: Snapshot
  readonly log: LogLine[]
  close(): Promise<void>
}

type OtherProvider = {
  /** Base URL. */
  readonly upstream: string
  readonly provider?: Provider
  readonly headers?: Readonly<Record<string, string>>
  readonly models?: readonly string[]
  readonly facts?: Facts
}

type Options = {
  /** Model names of the upstream; each becomes the target `up/NAME`, cheapest first. */
  readonly models: readonly string[]
  /** Base URL of the upstream, with `/v1`. */
  readonly upstream: string
  readonly timeouts?: Partial<Timeouts>
  readonly dispatch?: Partial<DispatchSettings>
  /** Calls that the upstream takes at once. */
  readonly maxConcurrent?: number
  readonly maxBodyBytes?: number
  readonly maxAttempts?: number
  readonly keys?: readonly InboundKey[]
  readonly jwt?: JwtSettings
  readonly facts?: Facts
  /** Providers beside `up`, by name: where they are and what they are. */
  readonly more?: Readonly<Record<string, OtherProvider>>
  readonly aliases?: Readonly<Record<string, string>>
  readonly defaultPolicy?: string
  /** Policies before the presets. */
  readonly policies?: readonly Policy[]
  /** Pools of all models by name. */
  readonly pools?: Readonly<Record<string, Omit<Pool, 'name' | 'targets' | 'preset'>>>
  readonly embeddings?: Readonly<Record<string, Facts>>
  /** Its id, or one of the test's own. Targets are asked in its format. */
  readonly provider?: string | Provider
  /** The key for the upstream. */
  readonly secret?: string
  /** What the first provider's models are asked in, where it is not the provider's format. */
  readonly format?: WireFormatId
  /** In place of `uniform`. */
  readonly uniform?: RouterDefinition
  readonly router?: Snapshot['router']
  readonly textTools?: TextTools | ((model: string) => TextTools)
  readonly refine?: number
  readonly inference?: Inference
  readonly decisionLog?: DecisionLogSettings
  readonly sessions?: SessionSettings
  readonly cache?: CacheSettings
  readonly learning?: LearningSettings
  readonly learnedFile?: StateFile
  readonly counters?: Counters
  readonly sharedBlobs?: () => Blobs
  readonly peers?: Peers
  readonly ledger?: Ledger
  readonly isLedgerRequired?: boolean
  readonly guards?: readonly PlacedGuard[]
}

const FACTS: Facts = {
  price_out: 2,
  context_tokens: 128_000,
  max_output_tokens: 32_000,
  tools: true,
  structured_output: true,
  modalities_in: ['text', 'image'],
}

/** A whole gateway on a real socket. With the `uniform` router, the default here, the cheapest wins and the rest follow by price. */
export async function startGateway(options: Options): Promise<TestGateway> {
  const elsewhere = process.env['THALAMUS_FLOW']
  if (elsewhere !== undefined) {
    requireSendable(options)
    return startInWorker(hostOf(elsewhere), snapshotOf(options), options.uniform)
  }
  const log: LogLine[] = []
  const ports = createNodePorts({
    inference: options.inference ?? noInference,
    counters: options.counters,
    sharedBlobs: options.sharedBlobs,
    peers: options.peers,
    secrets: { read: (reference) => `secret of ${reference}` },
    log: (level, event, fields) => void log.push({ level, event, ...fields }),
    ledger: options.ledger,
  })
  const snapshot = snapshotOf(options)
  const gateway = await createGateway({
    snapshot,
    ports,
    routers: options.uniform === undefined ? routers : new Map([['uniform', options.uniform]]),
    decisionLog: options.decisionLog,
    learnedFile: options.learnedFile,
    isLedgerRequired: options.isLedgerRequired ?? false,
  })
  const server = await serve(gateway, { host: '127.0.0.1', port: 0 })
  return {
    url: server.url,
    gateway,
    snapshot,
    log,
    async close() {
      await server.close(0)
      await gateway.close()
    },
  }
}

/** Where the gateways of another runtime are started: its global setup has said so. */
function hostOf(runtime: string): string {
  const url = process.env[`THALAMUS_FLOW_${runtime.toUpperCase()}`]
  if (url === undefined) throw new Error(`No program with ${runtime} was started.`)
  return url
}

/** Ports of the test's own stay where the test is. */
function requireSendable(options: Options): void {
  const own = ['inference', 'decisionLog', 'learnedFile', 'counters', 'sharedBlobs', 'ledger'] as const
  const given = own.find((name) => options[name] !== undefined)
  if (given !== undefined) throw new NotSendable(`${given} is a port of the test's own`)
}

const noInference: Inference = {
  open: () => Promise.reject(new Error('These tests load no model.')),
  close: () => Promise.resolve(),
}

/** What a gateway of these options works on: to replace another's with. */
export function snapshotOf(options: Options): Snapshot {
  const { provider: given = 'openai-compatible' } = options
  const provider = typeof given === 'string' ? providers.get(given) : given
  if (provider === undefined) throw new Error(`no provider ${given}`)
  const targets = options.models.map(
    (model, index): Target => ({
      id: `up/${model}`,
      provider: 'up',
      model,
      format: options.format ?? provider.format,
      baseUrl: options.upstream,
      catalogId: undefined,
      facts: { ...FACTS, price_in: 1 + index, ...options.facts },
      textTools: typeof options.textTools === 'function' ? options.textTools(model) : options.textTools,
      refine: options.refine ?? 0,
      providerConcurrency: options.maxConcurrent,
    }),
  )
  const others = Object.entries(options.more ?? {}).map(([name, other]) => otherProvider(name, other, provider))
  const all = [...targets, ...others.flatMap((other) => other.targets)]
  const format = options.format ?? provider.format
  const up = {
    name: 'up',
    provider,
    format,
    baseUrl: options.upstream,
    secret: options.secret ?? 'upstream-key',
    maxConcurrent: options.maxConcurrent,
    headers: {},
  }
  return {
    targets: new Map(all.map((target) => [target.id, target])),
    providers: new Map([up, ...others.map((other) => other.configured)].map((one) => [one.name, one])),
    embeddings: new Map(Object.entries(options.embeddings ?? {})),
    pools: new Map(
      Object.entries(options.pools ?? {}).map(([name, pool]) => [
        name,
        { name, targets: all, preset: undefined, ...pool },
      ]),
    ),
    aliases: new Map([['gpt-4o', 'auto'], ...Object.entries(options.aliases ?? {})]),
    keys: options.keys ?? [],
    jwt: options.jwt,
    policies: new Map([
      ...(options.policies ?? []).map((policy) => [policy.name, policy] as const),
      ...builtInPolicies,
    ]),
    defaultPolicy: options.defaultPolicy ?? 'balanced',
    ...(options.learning === undefined ? {} : { learning: options.learning }),
    router: options.router ?? { use: 'uniform', device: 'cpu', deadlineMs: 1_000 },
    maxBodyBytes: options.maxBodyBytes ?? 32 * 1024 * 1024,
    maxAttempts: options.maxAttempts ?? 3,
    dispatch: { ...DISPATCH_DEFAULTS, ...options.dispatch },
    ...(options.guards === undefined ? {} : { guards: options.guards }),
    ...(options.sessions === undefined ? {} : { sessions: options.sessions }),
    ...(options.cache === undefined ? {} : { cache: options.cache }),
    timeouts: { headersMs: 5_000, firstPartMs: 5_000, idleMs: 5_000, totalMs: 60_000, ...options.timeouts },
  }
}

function otherProvider(
  name: string,
  other: OtherProvider,
  otherwise: Provider,
): { readonly configured: ConfiguredProvider; readonly targets: readonly Target[] } {
  const { upstream, headers = {}, models = [], facts = {}, provider = otherwise } = other
  return {
    configured: { name, provider, format: provider.format, baseUrl: upstream, secret: `${name}-key`, headers },
    targets: models.map((model) => ({
      id: `${name}/${model}`,
      provider: name,
      model,
      format: provider.format,
      baseUrl: upstream,
      catalogId: undefined,
      facts: { ...FACTS, price_in: 10, ...facts },
    })),
  }
}

/** Resolves once `check` holds; fails naming what it waited for. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  withinMs = 5_000,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const HELLO = [{ role: 'user', content: 'Hello' }] as const

/** A chat call as a plain fetch. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}
