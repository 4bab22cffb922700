// Ids that this format takes: https://platform.claude.com/docs/en/api/messages (`tool_use.id`).
const TAKEN = /^[a-zA-Z0-9_-]{1,64}$/

/** The id itself where this format takes it, else one made of it: the same for the same id. */
export function takenId(id: string): string {
  return TAKEN.test(id) ? id : `toolu_${hashOf(id)}`
}

/**
 * Gives every call of one request an id of its own: what servers call `call_0` in every turn must be unique in a
 * conversation here.
 */
export function createCallIds(): (id: string) => string {
  const used = new Set<string>()
  return (id) => {
    let sent = takenId(id)
    for (let turn = 1; used.has(sent); turn += 1) sent = `toolu_${hashOf(`${id} ${turn}`)}`
    used.add(sent)
    return sent
  }
}

/** 53 bits as 14 hexadecimal digits, by two rounds of FNV-1a: no secret, only a name. */
function hashOf(text: string): string {
  const first = fnv(text, 0x811c9dc5)
  const second = fnv(text, first ^ 0x5bd1e995)
  return first.toString(16).padStart(8, '0') + (second >>> 8).toString(16).padStart(6, '0')
}

function fnv(text: string, seed: number): number {
  let hash = seed >>> 0
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  return hash
}
