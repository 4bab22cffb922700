import { isJsonObject } from '../core/json.ts'
import { createAnswer } from './answer.ts'
import type { Behaviour, Defaults } from './behaviour.ts'
import { DEFAULTS } from './behaviour.ts'
import type { Rejection, SimulatedFormat } from './format.ts'
import { FORMATS } from './formats.ts'
import { GRAMMAR, readBehaviour } from './grammar.ts'
import type { Ledger } from './ledger.ts'
import { createLedger } from './ledger.ts'
import { listModels } from './list-models.ts'
import type { Script, Step } from './script.ts'
import { errorSteps, streamSteps, wholeSteps } from './script.ts'
import { statusRejection } from './status-rejection.ts'

export type SimulatorOptions = {
  readonly defaults?: Partial<Defaults>
  /** What `GET /v1/models` lists beside the behaviours. Any other name is answered all the same. */
  readonly models?: readonly string[]
  readonly nowMs: () => number
  /** `size` characters of base62. */
  readonly randomId: (size: number) => string
}

/** A provider without a network: requests in, scripts out. */
export type Simulator = {
  respond(method: string, url: string, body: string): Script
  /** The refusal of a body over the limit, in the words of the format that the URL belongs to. */
  refuseTooLarge(url: string, maxBytes: number): Script
  readonly ledger: Ledger
}

/** A provider whose behaviour the model's name selects. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const defaults = { ...DEFAULTS, ...options.defaults }
  const ledger = createLedger()
  const [mainFormat] = FORMATS

  function respond(method: string, url: string, body: string): Script {
    try {
      return route(method, url, body)
    } catch {
      // JSON nested deeper than the stack: nothing else here can fail, and a provider refuses it too.
      return refuse(formatOf(url) ?? mainFormat, NOT_JSON)
    }
  }

  function route(method: string, url: string, body: string): Script {
    const path = pathOf(url)
    const format = formatOf(url)
    if (format !== undefined) {
      return method === 'POST' ? answer(format, path, body) : refuse(format, notAllowed(method, path))
    }
    if (path === '/healthz') return json({ status: 'ok' })
    if (path === '/simulator/usage') {
      if (method === 'DELETE') ledger.clear()
      return json(ledger.totals())
    }
    if (method === 'GET' && (path === '/v1/models' || path.startsWith('/v1/models/'))) {
      const found = listModels(path, options.models ?? [])
      if (found !== undefined) return json(found)
    }
    return refuse(mainFormat, rejected(404, `Invalid URL (${method} ${path})`))
  }

  function answer(format: SimulatedFormat, path: string, text: string): Script {
    const body = parse(text)
    if (!isJsonObject(body)) return refuse(format, NOT_JSON)
    const model = format.readModel(body, path)
    if (typeof model !== 'string') return refuse(format, model)
    const read = readBehaviour(model, defaults)
    if (read.type === 'problem') return refuse(format, unknownModel(model, read.problem), model)
    const behaviour = format.wordless === undefined ? read.behaviour : wordless(read.behaviour)
    const error = statusRejection(behaviour)
    const headers = responseHeaders(format)
    if (behaviour.fault.type === 'reset') return script(model, delayed(behaviour, [{ type: 'reset' }]))
    if (behaviour.fault.type === 'status') {
      return script(model, delayed(behaviour, errorSteps(format, error, headers)))
    }
    const call = format.readCall(body, path)
    if ('status' in call) return refuse(format, call, model)
    const content = createAnswer(
      call,
      behaviour,
      (name, index) => format.writeCallId?.(call, name, index, options.randomId) ?? `call_${options.randomId(24)}`,
    )
    const promptTokens = format.wordless === 'count' ? 0 : call.promptTokens
    const stamp = { id: options.randomId(29), createdSeconds: Math.floor(options.nowMs() / 1_000) }
    const scene = { format, call, behaviour, answer: content, stamp, headers, error }
    if (isAtOnce(behaviour)) {
      const isBurst = call.isStreamed
      const whole = isBurst ? format.writeBurst?.(call, content, stamp) : format.writeAnswer(call, content, stamp)
      if (whole !== undefined && content.completionTokens !== Number.POSITIVE_INFINITY) {
        const head = { status: 200, headers: { ...(isBurst ? format.streamHeaders : JSON_TYPE), ...headers } }
        const step: Step = { type: 'whole', head, body: whole, tokens: content.completionTokens, isStream: isBurst }
        return { steps: [step], model, promptTokens }
      }
    }
    const steps = call.isStreamed ? streamSteps(scene) : wholeSteps(scene)
    return { steps, model, promptTokens }
  }

  function refuse(format: SimulatedFormat | undefined, rejection: Rejection, model?: string): Script {
    return script(model, format === undefined ? [] : errorSteps(format, rejection, responseHeaders(format)))
  }

  function responseHeaders(format: SimulatedFormat): Readonly<Record<string, string>> {
    return { [format.requestIdHeader ?? 'x-request-id']: `req_${options.randomId(24)}`, 'x-simulated': 'true' }
  }

  return {
    respond,
    refuseTooLarge: (url, maxBytes) =>
      refuse(formatOf(url) ?? mainFormat, rejected(413, `The body is larger than ${maxBytes} bytes.`)),
    ledger,
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

const NOT_JSON = rejected(
  400,
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)",
)

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url
}

function formatOf(url: string): SimulatedFormat | undefined {
  const path = pathOf(url)
  return FORMATS.find((candidate) => candidate.serves(path, url.slice(path.length)))
}

/** An answer without words cannot be long or a tool call; its waits and its faults stay. */
function wordless(behaviour: Behaviour): Behaviour {
  return { ...behaviour, answer: { type: 'empty' }, reasoningTokens: 0 }
}

function isAtOnce(behaviour: Behaviour): boolean {
  return (
    behaviour.fault.type === 'none' &&
    !behaviour.isDribbled &&
    behaviour.headDelayMs + behaviour.firstTokenDelayMs + behaviour.tokenDelayMs === 0 &&
    behaviour.answer.type !== 'endless'
  )
}

function delayed(behaviour: Behaviour, steps: readonly Step[]): readonly Step[] {
  const milliseconds = behaviour.headDelayMs + behaviour.firstTokenDelayMs
  return milliseconds > 0 ? [{ type: 'wait', milliseconds }, ...steps] : steps
}

function script(model: string | undefined, steps: Iterable<Step>): Script {
  return { steps, model, promptTokens: 0 }
}

function json(value: unknown): Script {
  const body = JSON.stringify(value)
  return script(undefined, [
    { type: 'whole', head: { status: 200, headers: JSON_TYPE }, body, tokens: 0, isStream: false },
  ])
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever is wrong with it, it is not JSON, and that is what the caller is told.
    return undefined
  }
}

function rejected(status: number, message: string): Rejection {
  return { status, message, type: 'invalid_request_error', param: null, code: null }
}

function notAllowed(method: string, path: string): Rejection {
  return rejected(405, `Not allowed to ${method} on ${path} (HINT: Perhaps you meant to make a POST request)`)
}

function unknownModel(model: string, problem: string): Rejection {
  const forms = GRAMMAR.map(({ form }) => form).join(', ')
  return {
    ...rejected(
      404,
      `The model \`${model.slice(0, 200)}\` does not exist: ${problem}. Behaviours, joined with ; or +: ${forms}`,
    ),
    code: 'model_not_found',
  }
}
