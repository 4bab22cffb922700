import { isJsonObject } from './json.ts'

/** Whether a text is a whole JSON object, as the arguments of a call are once they are complete. */
export function isObjectText(text: string): boolean {
  try {
    return isJsonObject(JSON.parse(text))
  } catch {
    return false
  }
}
