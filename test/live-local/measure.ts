import llamaCpp from '../../src/providers/llama-cpp.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { startGateway } from '../flow/start-gateway.ts'
import type { Item } from './items.ts'
import type { Call } from './judge.ts'
import { isRight, isValid, strictCall } from './judge.ts'
import type { LocalServer, Said } from './server.ts'
import { MODEL } from './server.ts'

/**
 * How a call is asked for: `may`: the model may call; `begun`: it must, and its answer is begun for it; `held`: it must, and
 * the server holds it to the schema.
 */
export const ASKED = ['may', 'begun', 'held'] as const
export type Asked = (typeof ASKED)[number]

/** How the answer is read: by JSON.parse and nothing else, by the gateway, or by one that asks twice more about broken calls. */
export const READ = ['strictly', 'mended', 'refined'] as const
export type Read = (typeof READ)[number]

export type Outcome = {
  readonly item: Item
  readonly asked: Asked
  readonly read: Read
  readonly said: Said
  readonly hasCall: boolean
  readonly isValid: boolean
  readonly isRight: boolean
}

export type Gateways = { of(asked: Asked, read: Exclude<Read, 'strictly'>): TestGateway; close(): Promise<void> }

const ROUNDS = 2
const MAX_TOKENS = 96
const PATIENT = { headersMs: 300_000, firstPartMs: 300_000, idleMs: 300_000, totalMs: 600_000 }

/** Gateways in front of the server: those that know that it can be held to a schema, and those that do not. */
export async function startGateways({ url }: LocalServer): Promise<Gateways> {
  const start = (hasSchemas: boolean, refine: number): Promise<TestGateway> =>
    startGateway({
      models: [MODEL],
      upstream: url,
      provider: hasSchemas ? llamaCpp : { ...llamaCpp, steering: { goesOn: {} } },
      textTools: { dialect: 'hermes', isEmulated: true },
      timeouts: PATIENT,
      refine,
    })
  const [held, begun, refining] = [await start(true, 0), await start(false, 0), await start(false, ROUNDS)]
  return {
    of: (asked, read) => (asked === 'held' ? held : read === 'refined' ? refining : begun),
    close: async () => void (await Promise.all([held, begun, refining].map((gateway) => gateway.close()))),
  }
}

/** What a client sends for an item. */
export function requestFor({ question, tools }: Item, asked: Asked): object {
  return {
    model: `up/${MODEL}`,
    messages: [{ role: 'user', content: question }],
    tools,
    parallel_tool_calls: false,
    ...(asked === 'may' ? {} : { tool_choice: 'required' }),
    temperature: 0,
    seed: 1,
    max_tokens: MAX_TOKENS,
  }
}

type Measured = { readonly server: LocalServer; readonly gateways: Gateways; readonly ways?: readonly Asked[] }

/** Every item in every way it is asked, each answer in every way it is read. */
export async function measure(
  items: readonly Item[],
  { server, gateways, ways = ASKED }: Measured,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const item of items) {
    for (const asked of ways) {
      const mended = await callsOf(gateways.of(asked, 'mended'), item, asked)
      const said = server.said.at(-1)
      if (said === undefined) throw new Error('The server was not asked.')
      const strict = strictCall(begunOf(said) + said.text, asked === 'held')
      outcomes.push(judged({ item, asked, said, read: 'strictly' }, strict === undefined ? [] : [strict]))
      const outcome = judged({ item, asked, said, read: 'mended' }, mended)
      outcomes.push(outcome)
      if (asked === 'held') continue
      // Nothing is asked again where no call is broken: the answer would be the same.
      const isBroken = outcome.hasCall && !outcome.isValid
      const refined = isBroken ? await callsOf(gateways.of(asked, 'refined'), item, asked) : mended
      outcomes.push(judged({ item, asked, said, read: 'refined' }, refined))
    }
  }
  return outcomes
}

async function callsOf({ url }: TestGateway, item: Item, asked: Asked): Promise<Call[]> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestFor(item, asked)),
  })
  const answer = (await response.json()) as Answer
  // The model had nothing to say, or nothing but half a call.
  if (answer.error?.code === 'upstream_empty') return []
  const [choice] = answer.choices ?? []
  if (choice === undefined) throw new Error(`${item.id}: ${response.status} ${JSON.stringify(answer)}`)
  return (choice.message.tool_calls ?? []).map((call) => call.function)
}

type Answer = {
  readonly error?: { readonly code: string }
  readonly choices?: readonly { readonly message: { readonly tool_calls?: readonly { readonly function: Call }[] } }[]
}

function begunOf({ turns }: Said): string {
  const last = turns.at(-1)
  return last?.role === 'assistant' ? last.content : ''
}

function judged(
  about: Pick<Outcome, 'item' | 'asked' | 'read' | 'said'>,
  calls: readonly (Call | 'unreadable')[],
): Outcome {
  const [only] = calls
  const every = calls.length > 0 && calls.every((call) => call !== 'unreadable' && isValid(call, about.item))
  return {
    ...about,
    hasCall: only !== undefined,
    isValid: every,
    isRight: every && calls.length === 1 && only !== undefined && only !== 'unreadable' && isRight(only, about.item),
  }
}

/** The outcomes that were asked and read so, as counts. */
export function countOf(
  outcomes: readonly Outcome[],
  asked: Asked,
  read: Read,
): Record<'of' | 'called' | 'valid' | 'right', number> {
  const some = outcomes.filter((one) => one.asked === asked && one.read === read)
  return {
    of: some.length,
    called: some.filter(({ hasCall }) => hasCall).length,
    valid: some.filter((one) => one.isValid).length,
    right: some.filter((one) => one.isRight).length,
  }
}
