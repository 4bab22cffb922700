import { pathToFileURL } from 'node:url'
import { RUNTIME, WEIGHTS } from './prepared.ts'

// What these tests use of node-llama-cpp and of its template engine; neither is a package of this project.

type Token = number & { readonly __token: never }

type Sequence = {
  readonly contextTokens: readonly Token[]
  evaluate(tokens: readonly Token[], options: object): AsyncGenerator<Token, void>
  eraseContextTokenRanges(ranges: readonly { readonly start: number; readonly end: number }[]): Promise<void>
}

type Model = {
  readonly fileInfo: { readonly metadata: { readonly tokenizer: { readonly chat_template: string } } }
  tokenize(text: string, hasSpecialTokens: boolean): Token[]
  detokenize(tokens: readonly Token[], hasSpecialTokens: boolean, before?: readonly Token[]): string
  createContext(options: object): Promise<{ getSequence(): Sequence }>
}

type Llama = {
  loadModel(options: object): Promise<Model>
  createGrammar(options: object): Promise<object>
  dispose(): Promise<void>
}

type Runtime = {
  getLlama(options: object): Promise<Llama>
  readonly LlamaGrammarEvaluationState: new (options: object) => object
}

type Templates = { readonly Template: new (template: string) => { render(values: object): string } }

export type Turn = { readonly role: string; readonly content: string }

export type Wanted = {
  /** The last turn, where it is the assistant's, is gone on from. */
  readonly turns: readonly Turn[]
  readonly maxTokens: number
  readonly temperature: number
  readonly seed: number
  /** GBNF; the answer is held to it. */
  readonly grammar: string | undefined
  readonly signal: AbortSignal
}

/** Counts of tokens. */
export type Counts = { readonly prompt: number; completion: number; isWhole: boolean }

export type LocalModel = {
  readonly template: string
  /** Text as it comes; what was counted is in `counts` once it is over. */
  write(wanted: Wanted): { readonly counts: Counts; readonly text: AsyncGenerator<string, void> }
  close(): Promise<void>
}

const CONTEXT_TOKENS = 4_096
// Tokens that are computed at once. What was computed of a prompt with the same beginning is kept up to a multiple of it,
// so that every prompt is always computed in the same pieces: its answer is the same, whatever came before.
const BATCH_TOKENS = 64
// Of several tokens that make one character together; the runtime shows what is not whole as this.
const UNFINISHED = '\uFFFD'

/** One model, one answer at a time: whoever calls waits for the one before. One thread, since two wait for each other in loops. */
export async function openLocalModel(): Promise<LocalModel> {
  const { getLlama, LlamaGrammarEvaluationState }: Runtime = await import(at('node-llama-cpp/dist/index.js'))
  const { Template }: Templates = await import(at('@huggingface/jinja/dist/index.js'))
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', progressLogs: false })
  const model = await llama.loadModel({ modelPath: WEIGHTS })
  const context = await model.createContext({ contextSize: CONTEXT_TOKENS, batchSize: BATCH_TOKENS, threads: 1 })
  const sequence = context.getSequence()
  const source = model.fileInfo.metadata.tokenizer.chat_template
  const template = new Template(source)

  function promptOf(turns: readonly Turn[]): string {
    const last = turns.at(-1)
    const begun = last?.role === 'assistant' ? last.content : ''
    const messages = begun === '' ? turns : turns.slice(0, -1)
    return template.render({ messages, add_generation_prompt: true }) + begun
  }

  /** What is left to compute of a prompt. */
  async function withoutKnown(tokens: readonly Token[]): Promise<readonly Token[]> {
    const known = sequence.contextTokens
    const differs = tokens.findIndex((token, place) => token !== known[place])
    const same = Math.min(differs < 0 ? tokens.length : differs, tokens.length - 1)
    const kept = same - (same % BATCH_TOKENS)
    if (known.length > kept) await sequence.eraseContextTokenRanges([{ start: kept, end: known.length }])
    return tokens.slice(kept)
  }

  async function* textOf(tokens: readonly Token[], wanted: Wanted, counts: Counts): AsyncGenerator<string, void> {
    const { maxTokens, temperature, seed, grammar, signal } = wanted
    const grammarEvaluationState =
      grammar === undefined
        ? undefined
        : new LlamaGrammarEvaluationState({ model, grammar: await llama.createGrammar({ grammar }) })
    const room = Math.min(maxTokens, CONTEXT_TOKENS - tokens.length)
    if (room <= 0) return
    const rest = await withoutKnown(tokens)
    const pending: Token[] = []
    let before = tokens.slice(-8)
    for await (const token of sequence.evaluate(rest, { temperature, seed, grammarEvaluationState })) {
      counts.completion += 1
      pending.push(token)
      const text = model.detokenize(pending, false, before)
      if (!text.endsWith(UNFINISHED)) {
        before = [...before, ...pending.splice(0)].slice(-8)
        yield text
      }
      if (signal.aborted) return
      if (counts.completion >= room) return
    }
    counts.isWhole = true
  }

  return {
    template: source,
    write(wanted) {
      const tokens = model.tokenize(promptOf(wanted.turns), true)
      const counts: Counts = { prompt: tokens.length, completion: 0, isWhole: false }
      return { counts, text: textOf(tokens, wanted, counts) }
    },
    close: () => llama.dispose(),
  }
}

function at(file: string): string {
  return pathToFileURL(`${RUNTIME}${file}`).href
}
