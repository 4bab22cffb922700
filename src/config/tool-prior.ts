import data from '../../catalog/tool-use.json' with { type: 'json' }
import type { TextTools } from '../core/target.ts'

/** The accuracy of a model's whole calls, 0..1: with the provider's own calls, and with tools described in the prompt. */
export type ToolUse = { readonly fc?: number; readonly prompt?: number }

const models: Readonly<Record<string, ToolUse>> = data.models
const { otherwise } = data

/** Of wrong calls, how many break the schema. Assumed: most are whole calls with another value than the expected one. */
export const BROKEN_OF_WRONG = 0.25

/**
 * How likely a call of this model is a good one, 0..1, before any was seen: from the accuracy that BFCL v4 found in the
 * way in which it is asked, or the nearest that is known (catalog/README.md).
 */
export function toolPriorOf(catalogId: string | undefined, textTools: TextTools | undefined): number {
  const { fc, prompt } = (catalogId === undefined ? undefined : models[catalogId]) ?? {}
  const accuracy =
    textTools?.isEmulated === true
      ? (prompt ?? Math.min(fc ?? otherwise.prompt, otherwise.prompt))
      : (fc ?? prompt ?? otherwise.fc)
  return 1 - BROKEN_OF_WRONG * (1 - accuracy)
}
