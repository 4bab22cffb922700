const TYPES: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/** What languages and libraries call them. `any`: nothing is said of the type. */
const WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    object: 'dict dictionary map hash hashmap record struct mapping json class model',
    array: 'list tuple set arraylist sequence vector collection frozenset iterable',
    number: 'float double decimal float32 float64 real numeric bigdecimal num',
    integer: 'int long short byte int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 biginteger bigint',
    string:
      'str text char character varchar date datetime timestamp time uuid url uri email path file bytes binary enum',
    boolean: 'bool',
    null: 'none nil undefined void',
    any: 'any mixed unknown anything dynamic jsonvalue',
  }).flatMap(([type, names]) => names.split(' ').map((name) => [name, type] as const)),
)

/** A type as JSON Schema has it, and of what it is a list. */
export type ReadType = { readonly type: string; readonly items?: string | undefined }

export function isTypeWord(word: unknown): boolean {
  return typeof word === 'string' && TYPES.has(word)
}

/**
 * `String`, `HashMap`, `List<String>`, `float[]` in JSON Schema's words; `any` for what takes anything. Undefined for a
 * word that is nobody's. BFCL has them all, and every provider answers 400 to them (design/tool-calling.md §1.2).
 */
export function readTypeWord(said: string): ReadType | undefined {
  const word = said.trim().toLowerCase()
  const plain = wordOf(word)
  if (plain !== undefined) return { type: plain }
  const [, of] = /^(.+)\[\]$/.exec(word) ?? []
  if (of !== undefined) return listOf(of)
  const [, name, inner] = /^([a-z]+)\s*[<[(](.*)[>\])]$/.exec(word) ?? []
  const type = name === undefined ? undefined : wordOf(name)
  return type === 'array' ? listOf(inner ?? '') : type === undefined ? undefined : { type }
}

function wordOf(word: string): string | undefined {
  return TYPES.has(word) ? word : WORDS.get(word)
}

function listOf(word: string): ReadType {
  const items = wordOf(word.trim())
  return items === 'any' ? { type: 'array' } : { type: 'array', items }
}
