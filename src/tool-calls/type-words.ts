export type TypeName = 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string'

/** What schemas call the types of JSON, by words of several languages (design/tool-calling.md §1.2, last row). */
const WORDS: Readonly<Record<TypeName, string>> = {
  array: 'array list tuple set arraylist vector sequence',
  boolean: 'boolean bool',
  integer: 'integer int long short byte bigint int32 int64',
  null: 'null none nil',
  number: 'number float double decimal bigdecimal real',
  object: 'object dict map hashmap dictionary record',
  string: 'string str char text',
}

const TYPES = new Map(
  Object.entries(WORDS).flatMap(([type, words]) => words.split(' ').map((word) => [word, type as TypeName] as const)),
)

/** The type a schema's word means; `undefined` for a word that says nothing: `any`, the name of a class. */
export function typeOfWord(word: string): TypeName | undefined {
  const plain = word.trim().toLowerCase()
  if (plain.endsWith('[]')) return 'array'
  // `list[str]`, `Map<String, Integer>`
  return TYPES.get(/^(\w+)\s*[[<(]/.exec(plain)?.[1] ?? plain)
}
