// What is used of the runtime's own module, and no more: https://developers.cloudflare.com/workers/runtime-apis/.

declare module 'cloudflare:workers' {
  /** Keeps what the current call has begun alive after its answer. */
  export function waitUntil(work: Promise<unknown>): void

  export abstract class DurableObject<Environment = unknown> {
    protected readonly ctx: DurableObjectState
    protected readonly env: Environment
    constructor(state: DurableObjectState, environment: Environment)
  }

  export type DurableObjectState = { readonly storage: DurableObjectStorage }

  export type DurableObjectStorage = {
    readonly kv: {
      get(key: string): unknown
      put(key: string, value: unknown): void
      delete(key: string): boolean
      list(options: { readonly prefix: string }): Iterable<[string, unknown]>
    }
    setAlarm(at: number): Promise<void>
    deleteAll(): Promise<void>
    transactionSync<Result>(work: () => Result): Result
  }
}
