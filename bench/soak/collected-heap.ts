import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Megabytes of JavaScript heap that another Node process holds after a full collection: what really lives, without the garbage
 * that V8 leaves lying while memory is plenty. `port`: what the process was started with as `--inspect-port`.
 */
export async function collectedHeap(pid: number, port: number): Promise<number> {
  process.kill(pid, 'SIGUSR1')
  const socket = new WebSocket(await debuggerUrl(port))
  try {
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', () => reject(new Error('The inspector does not answer.')))
    })
    await ask(socket, 1, 'HeapProfiler.collectGarbage')
    const { usedSize } = await ask(socket, 2, 'Runtime.getHeapUsage')
    return usedSize / 2 ** 20
  } finally {
    socket.close()
  }
}

async function debuggerUrl(port: number): Promise<string> {
  for (let tries = 0; tries < 50; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined)
    if (answer !== undefined) {
      const [target] = (await answer.json()) as readonly { readonly webSocketDebuggerUrl: string }[]
      if (target !== undefined) return target.webSocketDebuggerUrl
    }
    await sleep(100)
  }
  throw new Error(`No inspector on port ${port}.`)
}

type Answer = { readonly id?: number; readonly result: { readonly usedSize: number } }

function ask(socket: WebSocket, id: number, method: string): Promise<Answer['result']> {
  return new Promise((resolve) => {
    socket.addEventListener('message', function listen({ data }) {
      const answer = JSON.parse(String(data)) as Answer
      if (answer.id !== id) return
      socket.removeEventListener('message', listen)
      resolve(answer.result)
    })
    socket.send(JSON.stringify({ id, method }))
  })
}
