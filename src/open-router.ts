import { classify } from './classify/classify.ts'
import { GatewayError } from './core/errors.ts'
import type { Inference, Ports, RemoteModel } from './core/ports.ts'
import type { Router, RouterDefinition } from './core/router.ts'
import type { RouterSettings } from './core/snapshot.ts'
import { openaiChat } from './wire/openai-chat/index.ts'

/** A router ready to predict, or why there is none; both where one that was wanted is replaced by another. */
export type OpenedRouter = { readonly router: Router | undefined; readonly problem: string | undefined }

type Routers = ReadonlyMap<string, RouterDefinition>
type OpenPorts = Pick<Ports, 'inference' | 'createStore' | 'digest' | 'clock' | 'log'>

const TRANSFORMER = 'clusters'
const TABLE = 'static'

/** Opens what `router.use` names. A router that does not open is logged once and the gateway serves without it. */
export async function openRouter(settings: RouterSettings, routers: Routers, ports: OpenPorts): Promise<OpenedRouter> {
  if (settings.use === 'auto') return openBest(settings, routers, ports)
  const opened = await open(settings.use, settings, routers, ports)
  report(settings.use, opened, undefined, ports)
  return opened
}

/**
 * `auto`: the transformer where the runtime can run it and it answers within the deadline, and behind it the table,
 * which answers at once whenever the transformer is late or fails. Elsewhere the table alone.
 */
async function openBest(settings: RouterSettings, routers: Routers, ports: OpenPorts): Promise<OpenedRouter> {
  // The transformer loads on a thread of its own while this one reads the table.
  const loading = ports.inference === undefined ? undefined : open(TRANSFORMER, settings, routers, ports)
  const table = await open(TABLE, settings, routers, ports)
  const transformer = await loading
  report(TABLE, table, transformer?.router, ports)
  if (transformer === undefined) return table
  report(TRANSFORMER, transformer, table.router, ports)
  if (transformer.router === undefined) return { router: table.router, problem: transformer.problem }
  if (table.router === undefined) return { router: transformer.router, problem: table.problem }
  const tookMs = await shortestMs(transformer.router, ports)
  if (tookMs <= settings.deadlineMs)
    return { router: withFallback(transformer.router, table.router), problem: undefined }
  ports.log('warn', 'router_too_slow', {
    router: transformer.router.name,
    instead: table.router.name,
    took_ms: Math.round(tookMs),
    deadline_ms: settings.deadlineMs,
  })
  await transformer.router.close()
  return table
}

async function open(
  use: string,
  { device, remote }: RouterSettings,
  routers: Routers,
  { inference, ...ports }: OpenPorts,
): Promise<OpenedRouter> {
  const definition = routers.get(use)
  if (definition === undefined) throw new GatewayError('internal_error', `There is no router "${use}".`)
  try {
    const router = await definition.open(definition.settings.parse({ device }), {
      ...ports,
      inference: inference === undefined ? undefined : withRemote(inference, remote),
    })
    return { router, problem: undefined }
  } catch (cause) {
    return { router: undefined, problem: cause instanceof Error ? cause.message : String(cause) }
  }
}

/** The inference port where a router's model may be run by a server: the router itself need not know of it. */
function withRemote(inference: Inference, remote: RemoteModel | undefined): Inference {
  return { ...inference, open: (model, options) => inference.open(model, { ...options, remote }) }
}

/** One line for a router that did not open, with the one that predicts in its place. */
function report(use: string, { problem }: OpenedRouter, instead: Router | undefined, { log }: OpenPorts): void {
  if (problem === undefined) return
  log('error', 'router_unavailable', {
    router: use,
    problem,
    ...(instead === undefined ? {} : { instead: instead.name }),
  })
}

function withFallback(router: Router, fallback: Router): Router {
  const { onboard } = router
  return {
    ...router,
    get device() {
      return router.device
    },
    fallback,
    ...(onboard === undefined
      ? {}
      : {
          // What one learns the other learns too, or a late answer would know less than one in time.
          async onboard(models, how) {
            const learned = await onboard(models, how)
            return withFallback(learned, (await fallback.onboard?.(models, how)) ?? fallback)
          },
        }),
    async close() {
      await router.close()
      await fallback.close()
    },
  }
}

/** The least milliseconds of a few predictions on short prompts: one that is late even then is late always. */
async function shortestMs(router: Router, { clock }: OpenPorts): Promise<number> {
  const { signal } = new AbortController()
  let shortest = Number.POSITIVE_INFINITY
  for (const content of SHORT_PROMPTS) {
    const signals = classify(openaiChat.readRequest({ model: 'auto', messages: [{ role: 'user', content }] }))
    const startedAt = clock.monotonic()
    const isAnswered = await Promise.resolve(router.predict({ signals, candidates: [], signal })).then(
      () => true,
      // Whatever fails now may succeed later, and until then the fallback answers and the log says so at each call.
      () => false,
    )
    if (!isAnswered) return 0
    shortest = Math.min(shortest, clock.monotonic() - startedAt)
  }
  return shortest
}

const SHORT_PROMPTS = ['What is the tallest mountain?', 'Sort a list in Python.', 'Write two lines about the sea.']
