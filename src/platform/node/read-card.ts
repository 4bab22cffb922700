import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject } from '../../core/json.ts'

/** What a router's card says of the data that it was made from: names of data folders. */
export type SeenData = { readonly seen: ReadonlySet<string>; readonly neverSeen: ReadonlySet<string> }

const ROUTERS = new URL('../../../routers/', import.meta.url)

/** Reads `routers/<id>/card.json`; a router without a card, or a card without sources, has seen nothing. */
export function readSeenData(router: string): SeenData {
  const card = new URL(`${encodeURIComponent(router)}/card.json`, ROUTERS)
  const value: unknown = existsSync(card) ? JSON.parse(readFileSync(card, 'utf8')) : {}
  const folders = (name: string): ReadonlySet<string> => {
    const listed: unknown = isJsonObject(value) ? value[name] : undefined
    const texts = Array.isArray(listed) ? listed.filter((one) => typeof one === 'string') : []
    return new Set(texts.map((one: string) => one.split('/').at(-1) ?? one))
  }
  return { seen: folders('sources'), neverSeen: folders('never_seen') }
}
