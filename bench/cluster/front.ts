import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Front = {
  readonly url: string
  /** Sends new requests to these alone; those under way stay where they are. */
  use(ports: readonly number[]): Promise<void>
  stop(): Promise<void>
}

/** An nginx before gateways on this machine, as deploy/nginx has it, of one worker. */
export async function startFront(folder: string, port: number, ports: readonly number[]): Promise<Front> {
  const file = join(folder, 'nginx.conf')
  const run = (...more: readonly string[]): ChildProcess =>
    spawn('nginx', ['-p', folder, '-c', file, '-e', join(folder, 'error.log'), ...more], { stdio: 'ignore' })
  writeFileSync(file, confOf(port, ports))
  const server = run()
  return {
    url: `http://127.0.0.1:${port}`,
    async use(used) {
      writeFileSync(file, confOf(port, used))
      await once(run('-s', 'reload'), 'exit')
    },
    async stop() {
      if (server.exitCode !== null) return
      const exited = once(server, 'exit')
      server.kill('SIGTERM')
      await exited
    },
  }
}

function confOf(port: number, ports: readonly number[]): string {
  return `
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  upstream thalamus {
    ${ports.map((one) => `server 127.0.0.1:${one};`).join(' ')}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://thalamus;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 300s;
    }
  }
}
`
}
