import { AI_SDK } from './ai-sdk.ts'
import { JSON_FAMILIES } from './json-families.ts'
import { MARKUP_FAMILIES } from './markup-families.ts'

/** Cases whose result is another than their source's, with the reason. */
export const DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(JSON_FAMILIES),
  ...Object.entries(MARKUP_FAMILIES),
  ...Object.entries(AI_SDK),
])
