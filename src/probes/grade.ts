import { z } from 'zod'
import type { JsonValue } from '../core/json.ts'
import { equalJson, readAnswerJson } from './equal-json.ts'
import { finalAnswer, lastNumber, normalText, withoutThoughts } from './final-answer.ts'
import { meetsConstraints } from './meets-constraints.ts'
import type { Probe } from './probe.ts'

/** What a model answered: its text, and the tools it called. */
export type ProbeAnswer = { readonly text: string; readonly calls: readonly ProbeCall[] }
export type ProbeCall = { readonly name: string; readonly argumentsText: string }

/** 1 for a right answer, 0 for any other. */
export function grade(probe: Probe, answer: ProbeAnswer): 0 | 1 {
  return isRight(probe, answer) ? 1 : 0
}

/** True where the request asks for a last line that holds the answer alone. */
export function wantsAnswerLine({ grader }: Pick<Probe, 'grader'>): boolean {
  return grader === 'number' || grader === 'text' || grader === 'choice'
}

function isRight(probe: Probe, answer: ProbeAnswer): boolean {
  if (probe.grader === 'calls') return makesCalls(probe.expected, answer)
  // An answer in words is no call, and a call is no answer in words.
  if (answer.calls.length > 0) return false
  const { text } = answer
  switch (probe.grader) {
    case 'number':
      return isNumber(finalAnswer(text), String(probe.expected), probe.tolerance)
    case 'text': {
      const given = normalText(finalAnswer(text))
      return [probe.expected].flat().some((wanted) => normalText(wanted) === given)
    }
    case 'choice':
      return chosenLetter(finalAnswer(text)) === probe.expected
    case 'pattern':
      return new RegExp(probe.expected, `u${probe.flags.replace('u', '')}`).test(withoutThoughts(text))
    case 'json':
      return equalJson(readAnswerJson(withoutThoughts(text)), probe.expected)
    case 'schema': {
      const value = readAnswerJson(withoutThoughts(text))
      return value !== undefined && z.fromJSONSchema(probe.expected).safeParse(value).success
    }
    case 'constraints':
      return meetsConstraints(withoutThoughts(text), probe.expected)
    default: {
      const unhandled: never = probe
      return unhandled
    }
  }
}

function isNumber(text: string, wanted: string, tolerance: number | undefined): boolean {
  const given = lastNumber(text)
  if (given === undefined) return false
  if (tolerance !== undefined) return Math.abs(Number(given) - Number(wanted)) <= tolerance
  return plainDigits(given) === plainDigits(wanted)
}

/** `042.50` and `42.5` are one number. */
function plainDigits(text: string): string {
  const [whole = '', fraction = ''] = text.split('.')
  const digits = whole.replace(/^(-?)0+(?=\d)/, '$1')
  const rest = fraction.replace(/0+$/, '')
  return rest === '' ? (digits === '-0' ? '0' : digits) : `${digits}.${rest}`
}

/** The one letter an answer settles on: `B`, `(B)`, `B. Because …`, `The answer is B`. */
function chosenLetter(text: string): string | undefined {
  const first = /^\W*([A-J])(?:\b|_)(?!['’]\w)/u.exec(text)
  const isSentence = first !== null && /^\W*[AI]\s+[a-z]/u.test(text)
  if (first !== null && !isSentence) return first[1]
  return [...text.matchAll(/(?<![\p{L}\p{N}'’])([A-J])(?![\p{L}\p{N}'’])/gu)].at(-1)?.[1]
}

type ExpectedCall = { readonly name: string; readonly arguments: { readonly [key: string]: JsonValue } }

/** Exactly these calls, in any order. None expected: an answer in words. */
function makesCalls(expected: readonly ExpectedCall[], { text, calls }: ProbeAnswer): boolean {
  if (calls.length !== expected.length) return false
  if (expected.length === 0) return withoutThoughts(text) !== ''
  const left = [...expected]
  for (const call of calls) {
    const place = left.findIndex((one) => one.name === call.name && equalJson(one.arguments, argumentsOf(call)))
    if (place < 0) return false
    left.splice(place, 1)
  }
  return true
}

function argumentsOf({ argumentsText }: ProbeCall): JsonValue | undefined {
  if (argumentsText.trim() === '') return {}
  try {
    const value: JsonValue = JSON.parse(argumentsText)
    return value
  } catch {
    return undefined
  }
}
