import { isJsonObject } from '../core/json.ts'
import type { LogRecord } from './record.ts'

const MEMBERS: Readonly<Record<LogRecord['type'], readonly (readonly [name: string, kind: string])[]>> = {
  models: [
    ['hash', 'string'],
    ['models', 'object'],
  ],
  decision: [
    ['id', 'string'],
    ['models', 'string'],
    ['signals', 'object'],
    ['said', 'object'],
    ['router', 'object'],
    ['candidates', 'object'],
    ['decision', 'object'],
  ],
  call: [['id', 'string']],
  outcome: [
    ['id', 'string'],
    ['reward', 'number'],
    ['source', 'string'],
  ],
}

/** A line of a decision log; `undefined` for one that was cut when the process died, and for what is no such line. */
export function readRecord(line: string): LogRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const type = value['type']
  if (typeof type !== 'string' || !Object.hasOwn(MEMBERS, type)) return undefined
  const members = MEMBERS[type as LogRecord['type']]
  const isWhole = members.every(([name, kind]) => typeof value[name] === kind && value[name] !== null)
  return isWhole ? (value as unknown as LogRecord) : undefined
}
