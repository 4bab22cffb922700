import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { Problem } from '../../config/problem.ts'
import { GatewayError } from '../../core/errors.ts'
import { grade } from '../../probes/grade.ts'
import type { Probe } from '../../probes/probe.ts'
import { probeSchema } from '../../probes/probe.ts'
import { conversationOf } from '../../probes/request-of.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'

/** The probes that come with the program. */
export const BUILT_IN_PROBES = fileURLToPath(new URL('../../../probes', import.meta.url))

export type ReadProbes = { readonly probes: readonly Probe[] } | { readonly problems: readonly Problem[] }

/** The probes of a YAML file, or of all such files in a folder; every problem at once, with file and line. */
export function readProbes(path: string): ReadProbes {
  const files = filesAt(path)
  if ('problems' in files) return files
  const probes: Probe[] = []
  const problems: Problem[] = []
  const places = new Map<string, string>()
  for (const file of files.paths) {
    for (const read of readFile(file)) {
      if ('problem' in read) {
        problems.push(read)
        continue
      }
      const { probe, place } = read
      const other = places.get(probe.id)
      if (other === undefined) places.set(probe.id, place)
      else problems.push({ path: place, problem: `"${probe.id}" is also at ${other}`, remedy: 'Give each its own id.' })
      probes.push(probe)
    }
  }
  if (problems.length === 0 && probes.length === 0) {
    problems.push({
      path,
      problem: 'there is no probe in it',
      remedy: 'Write a list of probes: docs/profile.md shows one.',
    })
  }
  return problems.length > 0 ? { problems } : { probes }
}

function filesAt(path: string): { readonly paths: readonly string[] } | { readonly problems: readonly Problem[] } {
  try {
    if (!statSync(path).isDirectory()) return { paths: [path] }
    const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name))
    return { paths: names.toSorted().map((name) => join(path, name)) }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    const problem = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`
    return { problems: [{ path, problem, remedy: 'Check the path given with --prompts.' }] }
  }
}

type Placed = { readonly probe: Probe; readonly place: string }

function readFile(file: string): (Placed | Problem)[] {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, prettyErrors: false })
  const placeOf = (offset: number): string => `${file}:${lines.linePos(offset).line}`
  if (document.errors.length > 0) {
    return document.errors.map((error) => ({
      path: placeOf(error.pos[0]),
      problem: (error.message.split('\n')[0] ?? error.code).replace(/:$/, ''),
      remedy: 'Correct the YAML there; a text with a colon or a hash wants quotation marks or a block (prompt: |).',
    }))
  }
  const value: unknown = document.toJS()
  if (value === null) return []
  if (!Array.isArray(value)) {
    return [{ path: placeOf(0), problem: 'not a list of probes', remedy: 'Begin each probe with "- id: NAME".' }]
  }
  return value.flatMap((one: unknown, index) => {
    const placeIn = (path: readonly PropertyKey[]): string => {
      for (let length = path.length; length >= 0; length -= 1) {
        const node: unknown = document.getIn([index, ...path.slice(0, length)], true)
        if (isNode(node)) return placeOf(node.range?.[0] ?? 0)
      }
      return placeOf(0)
    }
    return readOne(one, placeIn)
  })
}

function readOne(value: unknown, placeIn: (path: readonly PropertyKey[]) => string): (Placed | Problem)[] {
  const parsed = probeSchema.safeParse(value)
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => {
      const [message = '', remedy] = issue.message.split('\n')
      const name = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
      return {
        path: placeIn(issue.path),
        problem: `${name}${plain(message, issue.code)}`,
        remedy: remedy ?? WHERE_TO_LOOK,
      }
    })
  }
  const probe = parsed.data
  const problem = problemWith(probe)
  if (problem === undefined) return [{ probe, place: placeIn([]) }]
  return [{ path: placeIn([problem.member]), problem: `${problem.member}: ${problem.what}`, remedy: problem.remedy }]
}

const WHERE_TO_LOOK = 'docs/profile.md says what stands there.'

function plain(message: string, code: string): string {
  if (code === 'invalid_type' && message.endsWith('received undefined')) return 'missing'
  return message.charAt(0).toLowerCase() + message.slice(1)
}

/** What only shows when a probe is used: a conversation nobody could send, an example that does not pass. */
function problemWith(probe: Probe): { member: string; what: string; remedy: string } | undefined {
  try {
    openaiChat.readRequest({ model: 'auto', ...conversationOf(probe) })
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return { member: 'messages', what: thrown.message, remedy: 'Write it as in a Chat Completions body.' }
  }
  try {
    // Graded without an example too: a schema that cannot be used shows here, not in the middle of a run.
    const score = grade(probe, { text: probe.example ?? '{}', calls: [] })
    if (probe.example === undefined || score === 1) return undefined
    return { member: 'example', what: 'does not pass', remedy: 'Correct the example, or what is expected.' }
  } catch (cause) {
    return { member: 'expected', what: `cannot be used: ${String(cause)}`, remedy: WHERE_TO_LOOK }
  }
}
