import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome } from './dialect.ts'
import { namesDeclared } from './values/declared-tools.ts'

/** The id of a dialect that is not known yet. */
export const SNIFF = 'sniff'

/** What may be tried, where several begin alike the most specific first. */
const CANDIDATES: readonly string[] = [
  'harmony',
  'kimi_k2',
  'kimi_k2_bare',
  'deepseek_v3',
  'deepseek_v31',
  'deepseek_dsml_v32',
  'deepseek_dsml_v4',
  'minimax_m3',
  'minimax_m2',
  'seed_oss',
  'step3',
  'hunyuan_v3',
  'minimax_m1',
  'jamba',
  'longcat',
  'nemotron_v2',
  'apertus',
  'command_r7b',
  'internlm2',
  'gigachat3',
  'functiongemma',
  'gemma4',
  'lfm2',
  'olmo3',
  'llama4_pythonic',
  'llama3_python_tag',
  'mistral_v11',
  'mistral_pre_v11',
  'phi4_mini',
  'glm47',
  'qwen3_coder_xml',
  'functionary_v31',
  'minicpm5_xml',
  'tool_call_fence',
  'gemma3_tool_code',
  'hermes',
  'granite3',
  'granite20b_fc',
  'command_r_plus',
  'functionary_v32',
  'llama3_json',
  'xlam',
  'pythonic',
]

/** Those that begin with what other text begins with too: a line of their own is asked for. */
const BARE: ReadonlySet<string> = new Set([
  'llama3_json',
  'xlam',
  'pythonic',
  'minicpm5_xml',
  'functionary_v31',
  'functionary_v32',
])

/** Begins a message with its channel, whether it calls or not, as no other text does. */
const HARMONY = 'harmony'

/**
 * A dialect for one answer of a model of which nobody knows the dialect: calls of declared tools in any of them, and from
 * the first on in that one only (design/tool-calling.md §3.2). What calls no declared tool is text. `guess`: the dialect that
 * it is in all likelihood; what is one of its calls needs no more proof.
 */
export function createSniffer(dialects: ReadonlyMap<string, Dialect>, guess?: Dialect): Dialect {
  const others = CANDIDATES.flatMap((id) => (id === guess?.id ? [] : (dialects.get(id) ?? [])))
  const candidates = guess === undefined ? others : [guess, ...others]
  let locked: Dialect | undefined

  function* read(cursor: Cursor, declared: Declared): Reading<Outcome> {
    const start = cursor.position()
    const { isLineStart, isExample } = cursor
    let isCut = false
    for (const dialect of locked === undefined ? candidates : [locked]) {
      if (!isLineStart && (dialect.atLineStart === true || BARE.has(dialect.id))) continue
      if (isExample && (dialect.mayBeExample === true || BARE.has(dialect.id))) continue
      const isLikely = dialect === guess || dialect === locked
      const opens = isLikely ? opensOf(dialect, declared) : dialect.opens.filter(isNoEnd)
      const mayBeBare = !isExample && (isLikely || isLineStart)
      const open = yield* cursor.oneOf(mayBeBare ? opens : opens.filter(isMark))
      cursor.rewind(start)
      if (open < 0) continue
      const outcome = yield* dialect.read(cursor, declared)
      if (outcome === 'cut') isCut = true
      else if (outcome !== undefined) {
        const isSure = isOfDeclared(outcome, declared) || (dialect.id === HARMONY && isChannel(outcome))
        if (isSure) locked = dialect
        if (isSure || dialect === guess) return outcome
      }
      cursor.rewind(start)
    }
    if (!isCut) return undefined
    cursor.skip(cursor.left())
    return 'cut'
  }

  const { drops } = guess ?? {}
  return {
    id: guess?.id ?? SNIFF,
    opens: [...new Set(candidates.flatMap(({ opens }) => opens))],
    opensFor: (declared) => guess?.opensFor?.(declared) ?? [],
    ...(drops === undefined ? {} : { drops }),
    read,
  }
}

function opensOf({ opens, opensFor }: Dialect, declared: Declared): readonly string[] {
  return [...opens, ...(opensFor?.(declared) ?? [])]
}

/** What ends another dialect's call is no beginning. */
function isNoEnd(open: string): boolean {
  return !open.startsWith('</')
}

/** A bracket alone is none: other text has it too. */
function isMark(open: string): boolean {
  return open.length > 1
}

function isChannel(outcome: Exclude<Outcome, undefined>): boolean {
  return typeof outcome === 'object' && 'channel' in outcome
}

function isOfDeclared(outcome: Exclude<Outcome, 'cut' | undefined>, declared: Declared): boolean {
  if (outcome === 'empty' || outcome === 'dropped' || 'channel' in outcome) return false
  return ('calls' in outcome ? outcome.calls : outcome).every(({ name }) => namesDeclared(name, declared))
}
