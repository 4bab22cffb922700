import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { parseLossless } from '../../src/core/lossless-json.ts'
import type { ChatRequest, WireFormatId } from '../../src/core/request.ts'
import { askedOf, spokenFormat } from '../../src/core/spoken-format.ts'
import type { Loss, WireFormat } from '../../src/core/wire-format.ts'
import type { Translation } from '../../src/dispatch/upstream-request.ts'
import { inClientsPlaces } from '../../src/dispatch/upstream-request.ts'
import { providers } from '../../src/providers/index.ts'
import { wireFormats } from '../../src/wire/index.ts'

const REQUESTS = fileURLToPath(new URL('../fixtures/requests', import.meta.url))

/** What the upstream's model is called in what is written. */
export const MODEL = 'model-1'

/** A client's request, from test/fixtures/requests/FORMAT. */
export type Fixture = { readonly name: string; readonly client: WireFormatId; readonly body: JsonObject }

export function readFixtures(): readonly Fixture[] {
  return [...wireFormats.keys()].flatMap((client) => {
    const folder = join(REQUESTS, client)
    // Formats that no client speaks have none.
    const files = existsSync(folder) ? readdirSync(folder).toSorted() : []
    return files.map((file) => {
      const body = parseLossless(readFileSync(join(folder, file), 'utf8'))
      if (!isJsonObject(body)) throw new Error(`${file} holds no object.`)
      return { name: `${client}/${file.replace('.json', '')}`, client, body }
    })
  })
}

export function formatOf(id: WireFormatId): WireFormat {
  const format = wireFormats.get(id)
  if (format === undefined) throw new Error(`No format ${id}.`)
  return format
}

export function requestOf({ client, body }: Fixture): ChatRequest {
  return formatOf(client).readRequest(body, { model: 'auto', stream: false })
}

/** The request in another format, and all that is lost on the way. */
export function writeFixture(
  fixture: Fixture,
  id: WireFormatId,
): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const { body, losses } = formatOf(id).writeRequest(requestOf(fixture), MODEL)
  const client = formatOf(fixture.client)
  const unread = id === fixture.client ? [] : client.unread(fixture.body, id)
  return { body, losses: [...unread, ...inClientsPlaces(losses, client, fixture.body)] }
}

/** How a client's call goes to `provider/model`, which routing chose: what that provider is asked in. */
export function translationOf(name: string, chat: ChatRequest): Translation {
  const slash = name.indexOf('/')
  const provider = providers.get(name.slice(0, slash))
  if (provider === undefined) throw new Error(`No provider for ${name}.`)
  const { format, id } = provider
  const target = {
    id: name,
    provider: id,
    model: name.slice(slash + 1),
    format,
    baseUrl: '',
    catalogId: undefined,
    facts: {},
  }
  const configured = { name: id, provider, baseUrl: '', format, secret: undefined, headers: {} }
  const spoken = formatOf(spokenFormat(target, provider, askedOf(chat, false)))
  return { target, configured, client: formatOf(chat.native.format), spoken, isChosen: false }
}
