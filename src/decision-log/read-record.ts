import { isJsonObject } from '../core/json.ts'
import type { LogRecord } from './record.ts'

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isShare: Check = (value) => typeof value === 'number' && value >= 0 && value <= 1
const has =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isJsonObject(value) && Object.entries(members).every(([name, check]) => check(value[name]))
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)

// What would break whoever reads the record; the rest is as it was written.
const WHOLE: Readonly<Record<LogRecord['type'], Check>> = {
  models: has({ hash: isText, models: listOf(has({ id: isText, facts: has({}) })) }),
  decision: has({
    id: isText,
    models: isText,
    policy: isText,
    signals: has({}),
    said: listOf(has({ door: isText, directives: has({}) })),
    router: has({}),
    candidates: listOf(has({ model: isText })),
    decision: has({ model: isText, candidates: listOf(has({ model: isText })) }),
  }),
  call: has({ id: isText }),
  outcome: has({ id: isText, reward: isShare, source: isText }),
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
  if (typeof type !== 'string' || !Object.hasOwn(WHOLE, type)) return undefined
  return WHOLE[type as LogRecord['type']](value) ? (value as unknown as LogRecord) : undefined
}
