import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject, jsonKind } from '../core/json.ts'

/** What a provider takes for a value. Data, so that each format only writes down its documentation. */
export type Shape =
  | { readonly type: 'any' | 'map' | 'boolean' }
  | {
      readonly type: 'string'
      readonly min?: number
      readonly max?: number
      /** Source of a regular expression, as the provider's message quotes it. */
      readonly pattern?: string
      readonly values?: readonly string[]
    }
  | { readonly type: 'number' | 'integer'; readonly min?: number; readonly max?: number }
  | { readonly type: 'list'; readonly of: Shape; readonly min?: number; readonly max?: number }
  | ObjectShape
  /** Any names, each with such a value. */
  | { readonly type: 'record'; readonly of: Shape }
  /** The member `tag` says which case it is; absent, it is `fallback` where there is one. */
  | {
      readonly type: 'tagged'
      readonly tag: string
      readonly cases: Readonly<Record<string, ObjectShape>>
      readonly fallback?: string
    }
  /** The first whose kind is the value's. */
  | { readonly type: 'either'; readonly of: readonly Shape[] }
  | { readonly type: 'nullable'; readonly of: Shape }
  | { readonly type: 'later'; readonly of: () => Shape }

export type ObjectShape = {
  readonly type: 'object'
  readonly members: Readonly<Record<string, Shape>>
  readonly required: readonly string[]
  /** Members it does not name are let through. */
  readonly isOpen: boolean
}

/** `{ tag }` stands for the case that was chosen, `{ name, at }` for the `at`-th of a record: some paths show them. */
export type PathStep = string | number | { readonly tag: string } | { readonly name: string; readonly at: number }

export type Finding = {
  readonly path: readonly PathStep[]
  readonly problem: 'missing' | 'unknown' | 'kind' | 'value' | 'tag' | 'pattern' | 'low' | 'high' | 'short' | 'long'
  /** The kind, value, pattern or bound that was wanted. */
  readonly expected: string
  readonly value: JsonValue | undefined
}

type Rules = {
  /** `null` says the same as leaving an optional member out. */
  readonly isNullAbsent: boolean
}

export const any: Shape = { type: 'any' }
export const map: Shape = { type: 'map' }
export const flag: Shape = { type: 'boolean' }
export const text: Shape = { type: 'string' }

/** A string of a few. */
export function word(...values: readonly string[]): Shape {
  return { type: 'string', values }
}

/** A string with bounds. */
export function string(bounds: { readonly min?: number; readonly max?: number; readonly pattern?: string }): Shape {
  return { type: 'string', ...bounds }
}

export function number(min?: number, max?: number): Shape {
  return { type: 'number', ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

export function integer(min?: number, max?: number): Shape {
  return { type: 'integer', ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

export function list(of: Shape, min?: number, max?: number): Shape {
  return { type: 'list', of, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

export function either(...of: readonly Shape[]): Shape {
  return { type: 'either', of }
}

export function nullable(of: Shape): Shape {
  return { type: 'nullable', of }
}

export function tagged(tag: string, cases: Readonly<Record<string, ObjectShape>>, fallback?: string): Shape {
  return { type: 'tagged', tag, cases, ...(fallback === undefined ? {} : { fallback }) }
}

export function record(of: Shape): Shape {
  return { type: 'record', of }
}

/** An object of these members and no other; the name of one that must be there ends with `!`. */
export function object(members: Readonly<Record<string, Shape>>): ObjectShape {
  return openOrNot(members, false)
}

/** An object of which only these members are looked at. */
export function open(members: Readonly<Record<string, Shape>>): ObjectShape {
  return openOrNot(members, true)
}

function openOrNot(members: Readonly<Record<string, Shape>>, isOpen: boolean): ObjectShape {
  const names = Object.keys(members)
  return {
    type: 'object',
    members: Object.fromEntries(Object.entries(members).map(([name, shape]) => [name.replace(/!$/, ''), shape])),
    required: names.filter((name) => name.endsWith('!')).map((name) => name.slice(0, -1)),
    isOpen,
  }
}

/** The first place where a value is not of its shape; `undefined` = nowhere. */
export function findProblem(
  value: JsonValue | undefined,
  shape: Shape,
  rules: Rules,
  path: readonly PathStep[] = [],
): Finding | undefined {
  const found = (problem: Finding['problem'], expected: string): Finding => ({ path, problem, expected, value })
  switch (shape.type) {
    case 'any':
      return undefined
    case 'map':
      return isJsonObject(value) ? undefined : found('kind', 'object')
    case 'boolean':
      return typeof value === 'boolean' ? undefined : found('kind', 'boolean')
    case 'string':
      return findInString(value, shape, found)
    case 'number':
    case 'integer':
      if (typeof value !== 'number') return found('kind', shape.type)
      if (shape.type === 'integer' && !Number.isInteger(value)) return found('kind', 'integer')
      if (shape.min !== undefined && value < shape.min) return found('low', String(shape.min))
      return shape.max !== undefined && value > shape.max ? found('high', String(shape.max)) : undefined
    case 'list':
      if (!isList(value)) return found('kind', 'array')
      if (shape.min !== undefined && value.length < shape.min) return found('short', String(shape.min))
      if (shape.max !== undefined && value.length > shape.max) return found('long', String(shape.max))
      return first(value.entries(), ([index, item]) => findProblem(item, shape.of, rules, [...path, index]))
    case 'object':
      return isJsonObject(value) ? findInObject(value, shape, rules, path) : found('kind', 'object')
    case 'record':
      if (!isJsonObject(value)) return found('kind', 'object')
      return first(Object.entries(value).entries(), ([at, [name, member]]) =>
        findProblem(member, shape.of, rules, [...path, { name, at }]),
      )
    case 'tagged': {
      if (!isJsonObject(value)) return found('kind', 'object')
      const tag = value[shape.tag] ?? shape.fallback
      const at = [...path, shape.tag]
      if (tag === undefined) return { path: at, problem: 'missing', expected: shape.tag, value: undefined }
      if (typeof tag !== 'string' || !Object.hasOwn(shape.cases, tag)) {
        return { path: at, problem: 'tag', expected: Object.keys(shape.cases).join(' '), value: tag }
      }
      return findProblem(value, shape.cases[tag] ?? any, rules, [...path, { tag }])
    }
    case 'either': {
      const fitting = shape.of.find((option) => kindsOf(option).includes(jsonKind(value)))
      if (fitting !== undefined) return findProblem(value, fitting, rules, path)
      return found('kind', [...new Set(shape.of.flatMap(kindsOf))].join(' or '))
    }
    case 'nullable':
      return value === null ? undefined : findProblem(value, shape.of, rules, path)
    case 'later':
      return findProblem(value, shape.of(), rules, path)
    default: {
      const unhandled: never = shape
      throw new Error(`Unknown shape ${String(unhandled)}`)
    }
  }
}

function findInString(
  value: JsonValue | undefined,
  shape: Extract<Shape, { readonly type: 'string' }>,
  found: (problem: Finding['problem'], expected: string) => Finding,
): Finding | undefined {
  if (typeof value !== 'string') return found('kind', 'string')
  if (shape.values !== undefined && !shape.values.includes(value)) return found('value', shape.values.join(' '))
  if (shape.min !== undefined && value.length < shape.min) return found('short', String(shape.min))
  if (shape.max !== undefined && value.length > shape.max) return found('long', String(shape.max))
  const isOdd = shape.pattern !== undefined && !new RegExp(shape.pattern).test(value)
  return isOdd ? found('pattern', shape.pattern ?? '') : undefined
}

function findInObject(
  value: JsonObject,
  shape: ObjectShape,
  rules: Rules,
  path: readonly PathStep[],
): Finding | undefined {
  for (const name of shape.required) {
    const at = [...path, name]
    if (value[name] === undefined) return { path: at, problem: 'missing', expected: name, value: undefined }
  }
  return first(Object.entries(value), ([name, member]) => {
    if (member === undefined) return undefined
    const at = [...path, name]
    if (!Object.hasOwn(shape.members, name)) {
      return shape.isOpen ? undefined : { path: at, problem: 'unknown' as const, expected: name, value: member }
    }
    if (member === null && rules.isNullAbsent && !shape.required.includes(name)) return undefined
    return findProblem(member, shape.members[name] ?? any, rules, at)
  })
}

function kindsOf(shape: Shape): readonly string[] {
  switch (shape.type) {
    case 'any':
      return ['null', 'string', 'number', 'boolean', 'array', 'object']
    case 'map':
    case 'object':
    case 'record':
    case 'tagged':
      return ['object']
    case 'list':
      return ['array']
    case 'integer':
      return ['number']
    case 'either':
      return shape.of.flatMap(kindsOf)
    case 'nullable':
      return ['null', ...kindsOf(shape.of)]
    case 'later':
      return kindsOf(shape.of())
    default:
      return [shape.type]
  }
}

function first<Item>(items: Iterable<Item>, find: (item: Item) => Finding | undefined): Finding | undefined {
  for (const item of items) {
    const finding = find(item)
    if (finding !== undefined) return finding
  }
  return undefined
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}
