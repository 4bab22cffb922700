import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject, jsonKind } from '../core/json.ts'
import { flags, isMemberFlag, memberFlag } from './flags.ts'
import { unknownFlag } from './from-flag.ts'
import { overlay } from './merge.ts'
import { readJsonValue } from './read-value.ts'
import { setMember } from './set-member.ts'

/**
 * What the body's `routing` object says (contract.md §4). Strict: a member that is no flag is an error with the
 * nearest name, and `param` is its path. `null` is "not said", as OpenAI's own optional members are.
 */
export function fromBody(routing: JsonValue, root = 'routing'): Directives {
  if (!isJsonObject(routing)) {
    throw new GatewayError('invalid_request', `${root} must be an object, not ${kindText(routing)}.`, { param: root })
  }
  let directives: Directives = {}
  for (const [name, value] of Object.entries(routing)) {
    if (value === undefined || value === null) continue
    directives = overlay(directives, isGroup(name) ? readGroup(name, value, root) : readMember(name, value, root))
  }
  return directives
}

/** `weights`, `quality`, `max`, `require`: members whose own members are flags. */
function isGroup(name: string): boolean {
  return groupNames().includes(name)
}

function readGroup(group: string, value: JsonValue, root: string): Directives {
  const path = `${root}.${group}`
  if (!isJsonObject(value)) {
    throw new GatewayError('invalid_request', `${path} must be an object, not ${kindText(value)}.`, { param: path })
  }
  return readMembers(group, value, root)
}

function readMembers(group: string, values: JsonObject, root: string): Directives {
  let directives: Directives = {}
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue
    directives = overlay(directives, readMember(`${group}.${name}`, value, root))
  }
  return directives
}

function readMember(member: string, value: JsonValue, root: string): Directives {
  const param = `${root}.${member.slice(0, 120)}`
  const flag = memberFlag(member)
  if (flag === undefined) throw unknownFlag(param, param, param, memberNames(root))
  return setMember(member, readJsonValue(flag, value, { what: param, param }))
}

function memberNames(root: string): string[] {
  return flags.flatMap((flag) => (isMemberFlag(flag) && flag.doors.includes('body') ? [`${root}.${flag.member}`] : []))
}

let groups: readonly string[] | undefined

function groupNames(): readonly string[] {
  groups ??= [
    ...new Set(
      flags.flatMap((flag) =>
        isMemberFlag(flag) && flag.member.includes('.') ? [flag.member.slice(0, flag.member.indexOf('.'))] : [],
      ),
    ),
  ]
  return groups
}

function kindText(value: JsonValue): string {
  const kind = jsonKind(value)
  return kind === 'array' ? 'a list' : kind === 'null' ? 'null' : `a ${kind}`
}
