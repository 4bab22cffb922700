import type { Clock } from '../../../core/ports.ts'

/** `refused`: never to be taken. `later`: whoever takes it is away or busy. */
export type Sent = 'sent' | 'refused' | 'later'

/** Takes what is to be sent without holding anybody up. */
export type SendQueue<Item> = {
  /** Takes its place, or is dropped where there is none. `bytes`: what it holds, about. */
  add(item: Item, bytes: number): void
  /** Items that are lost so far. */
  dropped(): number
  /** Items that are not sent yet. */
  waiting(): number
  /** An item was lost before it came here. */
  countDropped(): void
  /** Tries once more to send what waits; what is not sent then is lost. */
  close(): Promise<void>
}

export type SendQueueOptions<Item> = {
  readonly clock: Clock
  /** What may wait, what is being sent included. */
  readonly mostItems: number
  readonly mostBytes: number
  /** Sends a batch, one at a time. Must not reject. */
  readonly send: (items: readonly Item[]) => Promise<Sent>
}

const LATE_MS = 1_000
const BATCH_ITEMS = 512
const BATCH_BYTES = 1024 * 1024
const RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000

type Waiting<Item> = { readonly item: Item; readonly bytes: number }

/**
 * A bounded queue in front of a collector. A batch that finds nobody is tried again, later and later, with nothing sent
 * before it; meanwhile items wait, and are dropped and counted when too many do.
 */
export function createSendQueue<Item>({ clock, mostItems, mostBytes, send }: SendQueueOptions<Item>): SendQueue<Item> {
  const waiting: Waiting<Item>[] = []
  let bytesWaiting = 0
  let dropped = 0
  let retryMs = 0
  let isClosed = false
  let isScheduled = false
  let sending: Promise<void> | undefined

  function schedule(milliseconds: number): void {
    if (isScheduled || isClosed) return
    isScheduled = true
    clock.timer(milliseconds, () => {
      isScheduled = false
      void sendBatches()
    })
  }

  function sendBatches(): Promise<void> {
    sending ??= sendWhole().finally(() => {
      sending = undefined
      if (waiting.length > 0) schedule(retryMs || LATE_MS)
    })
    return sending
  }

  /** Sends what waits now; stops at a batch that has to wait. */
  async function sendWhole(): Promise<void> {
    for (let left = waiting.length; left > 0; ) {
      const batch = nextBatch(left)
      const result = await send(batch.map(({ item }) => item))
      if (result === 'later') {
        retryMs = Math.min(LONGEST_RETRY_MS, Math.max(RETRY_MS, retryMs * 2))
        return
      }
      retryMs = 0
      left -= batch.length
      waiting.splice(0, batch.length)
      for (const { bytes } of batch) bytesWaiting -= bytes
      if (result === 'refused') dropped += batch.length
    }
  }

  function nextBatch(most: number): readonly Waiting<Item>[] {
    let bytes = 0
    let size = 0
    while (size < Math.min(most, BATCH_ITEMS) && (size === 0 || bytes < BATCH_BYTES)) {
      bytes += waiting[size]?.bytes ?? 0
      size += 1
    }
    return waiting.slice(0, size)
  }

  return {
    add(item, bytes) {
      if (isClosed || waiting.length >= mostItems || bytesWaiting + bytes > mostBytes) {
        dropped += 1
        return
      }
      waiting.push({ item, bytes })
      bytesWaiting += bytes
      if (sending === undefined) schedule(LATE_MS)
    },
    dropped: () => dropped,
    waiting: () => waiting.length,
    countDropped() {
      dropped += 1
    },
    async close() {
      await sending
      await sendBatches()
      isClosed = true
      dropped += waiting.length
      waiting.length = 0
    },
  }
}
