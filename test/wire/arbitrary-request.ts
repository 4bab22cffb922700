import fc from 'fast-check'
import type { ContentPart, ToolCallPart } from '../../src/core/content.ts'
import type { ChatRequest, Message, Reasoning, ResponseFormat, Sampling } from '../../src/core/request.ts'
import type { Tool, ToolChoice } from '../../src/core/tool.ts'

/** What a format can carry, as generators: requests made of these must survive writing and reading. */
export type Carried = {
  readonly userParts: fc.Arbitrary<readonly ContentPart[]>
  /** Thoughts and words before the calls. */
  readonly assistantParts: (hasCalls: boolean) => fc.Arbitrary<readonly ContentPart[]>
  readonly resultParts: fc.Arbitrary<readonly ContentPart[]>
  readonly resultsAreNamed: boolean
  readonly reasoning: fc.Arbitrary<Reasoning | undefined>
  readonly responseFormat: (hasTools: boolean) => fc.Arbitrary<ResponseFormat | undefined>
  readonly toolChoice: fc.Arbitrary<ToolChoice | undefined>
  readonly strict: fc.Arbitrary<boolean | undefined>
  readonly sampling: fc.Arbitrary<Partial<Sampling>>
}

export const words = fc.string({ minLength: 1, maxLength: 30, unit: 'binary' }).map((text) => text.toWellFormed())

const NAMES = ['get_weather', 'search', 'f'] as const

/** Arguments as models write them; with an integer that no double holds. */
const argumentsText = fc.oneof(
  fc.constant('{"id":12345678901234567890,"ratio":0.5}'),
  fc
    .dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })
    .map((one) => JSON.stringify(one)),
)

const calls = fc.array(fc.record({ name: fc.constantFrom(...NAMES), argumentsText }), { maxLength: 3 })

/** Turns: instructions, then questions with their answers, calls with their results. */
function messages(carried: Carried): fc.Arbitrary<Message[]> {
  const exchange = calls.chain((called) =>
    fc.record({
      called: fc.constant(called),
      question: carried.userParts,
      answer: carried.assistantParts(called.length > 0),
      results: fc.array(carried.resultParts, { minLength: called.length, maxLength: called.length }),
    }),
  )
  const all = fc.record({ system: fc.option(words), exchanges: fc.array(exchange, { minLength: 1, maxLength: 3 }) })
  return all.map(({ system, exchanges }) => {
    const turns: Message[] = exchanges.flatMap(({ called, question, answer, results }, turn): Message[] => {
      const made = called.map(
        ({ name, argumentsText }, index): ToolCallPart => ({
          type: 'tool-call',
          id: `c_${turn}_${index}`,
          name,
          argumentsText,
        }),
      )
      const answers = made.map((call, index): Message => {
        const named = carried.resultsAreNamed ? { name: call.name } : {}
        const content = [{ type: 'tool-result', callId: call.id, ...named, content: results[index] ?? [] } as const]
        return { role: 'tool', content, name: undefined }
      })
      return [
        { role: 'user', content: question, name: undefined },
        { role: 'assistant', content: [...answer, ...made], name: undefined },
        ...answers,
      ]
    })
    const first: Message[] =
      system === null ? [] : [{ role: 'system', content: [{ type: 'text', text: system }], name: undefined }]
    return [...first, ...turns]
  })
}

export function requests(carried: Carried): fc.Arbitrary<Omit<ChatRequest, 'native'>> {
  const parameters = fc.constantFrom({ type: 'object', properties: { city: { type: 'string' } } }, { type: 'object' })
  const tools = fc
    .record({
      names: fc.uniqueArray(fc.constantFrom(...NAMES)),
      strict: carried.strict,
      description: fc.option(words, { nil: undefined }),
      parameters,
    })
    .map(({ names, strict, ...rest }) =>
      names.map((name): Tool => ({ name, ...rest, ...(strict === undefined ? {} : { strict }) })),
    )
  return tools.chain((declared) =>
    fc.record({
      model: fc.constant('m'),
      messages: messages(carried),
      tools: fc.constant(declared),
      toolChoice: declared.length > 0 ? carried.toolChoice : fc.constant(undefined),
      parallelToolCalls: fc.constant(undefined),
      sampling: carried.sampling.map((said) => ({ ...NOTHING_SAID, ...said })),
      reasoning: carried.reasoning,
      responseFormat: carried.responseFormat(declared.length > 0),
      stream: fc.boolean(),
      includeUsage: fc.constant(true),
      user: fc.constant(undefined),
      metadata: fc.constant(undefined),
    }),
  )
}

export const NOTHING_SAID: Sampling = {
  maxOutputTokens: undefined,
  temperature: undefined,
  topP: undefined,
  choices: undefined,
}

export const image = fc.constantFrom(
  { mediaType: 'image/png', data: 'iVBORw0KGgoAAAAN' },
  { mediaType: 'image/jpeg', data: '/9j/4AAQSkZJRg==' },
  { mediaType: 'image/gif', data: 'R0lGODlhAQABAAAA' },
  { mediaType: 'image/webp', data: 'UklGRiQAAABXRUJQ' },
)
