import type { JsonObject } from '../../core/json.ts'
import { objectOf, textOf } from '../shared/read-json.ts'

/** Tells which item of the output an event is about. */
export type Places = { keyOf(event: JsonObject): string }

type Item = { readonly place: string; readonly key: string; readonly what: string }

/**
 * By the place in the output, which servers that rotate ids keep; by its id where an event says that alone. Others say the
 * same place of every item: one that begins there as another thing, or as another call, is another item.
 */
export function createPlaces(): Places {
  // By their ids, and those of calls.
  const known = new Map<string, Item>()
  // The last that began there.
  const begun = new Map<string, Item>()
  let items = 0

  function itemAt(place: string, event: JsonObject, ids: readonly string[]): Item {
    const last = begun.get(place)
    if (event['type'] !== 'response.output_item.added') {
      return (
        ids.map((id) => known.get(id)).find((item) => item?.place === place) ?? last ?? { place, key: place, what: '' }
      )
    }
    const { type, call_id: callId } = objectOf(event['item'])
    const what = `${textOf(type) ?? ''} ${textOf(callId) ?? ''}`
    if (last?.what === what) return last
    items += 1
    const item = { place, key: last === undefined ? place : `${place} ${items}`, what }
    begun.set(place, item)
    return item
  }

  return {
    keyOf(event) {
      const { output_index: place } = event
      const item = objectOf(event['item'])
      const id = textOf(event['item_id']) ?? textOf(item['id']) ?? ''
      if (typeof place !== 'number') return known.get(id)?.key ?? id
      const ids = [id, textOf(item['call_id']) ?? ''].filter((one) => one !== '')
      const found = itemAt(String(place), event, ids)
      for (const one of ids) known.set(one, found)
      return found.key
    },
  }
}
