import { changeStrings } from '../core/json-strings.ts'
import { isFree, isFreeKey, isStructural, namesSomebody } from './structural.ts'

/** `isName`: it names somebody to whoever keeps accounts or sessions. */
type Change = (text: string, isName: boolean) => string

const MOST_NESTED = 4
const JSON_LIKE = /^\s*[{[]/

/**
 * `text`, a JSON text, with `change` made to everything in it that somebody said: strings, what tools called the members of
 * their objects and the numbers in them, and the same inside of strings that are JSON themselves.
 */
export function changeTexts(text: string, change: Change): string {
  return changed(text, change, 0, false)
}

function changed(text: string, change: Change, depth: number, isNamed: boolean): string {
  // What is JSON inside of a string is a tool's.
  const isTools = depth > 0
  const only = (value: string, isName: boolean): string | undefined => {
    const other = change(value, isName)
    return other === value ? undefined : other
  }
  return changeStrings(text, {
    text(value, place) {
      if (value === '' || (!isTools && isStructural(place, value))) return undefined
      const isName = isNamed || (!isTools && namesSomebody(place))
      if (depth >= MOST_NESTED || !isJson(value)) return only(value, isName)
      const other = changed(value, change, depth + 1, isName)
      return other === value ? undefined : other
    },
    key: (key, place) => (isTools || isFreeKey(place) ? only(key, false) : undefined),
    number: (written, place) => (isTools || isFree(place) ? only(written, false) : undefined),
  })
}

function isJson(text: string): boolean {
  if (!JSON_LIKE.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    // It only began like one.
    return false
  }
}
