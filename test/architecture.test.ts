import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Who may import whom: a folder not in this table may import nothing of ours. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/cache': ['src/core', 'src/stream'],
  'src/directives': ['src/core', 'policies'],
  'src/classify': ['src/core'],
  'src/dialects': ['src/core'],
  'src/tool-calls': ['src/core', 'src/dialects'],
  'src/route': ['src/core', 'policies'],
  'src/sessions': ['src/core', 'src/classify'],
  'src/usage': ['src/core'],
  'src/guards': ['src/core'],
  'src/learn': ['src/core'],
  'src/limits': ['src/core'],
  'src/config': ['src/core', 'src/dialects', 'catalog'],
  'src/wire': ['src/core'],
  'src/providers': ['src/core', 'src/wire'],
  'src/stream': ['src/core'],
  'src/dispatch': ['src/core', 'src/stream', 'src/dialects', 'src/tool-calls'],
  'src/telemetry': ['src/core'],
  'src/decision-log': ['src/core', 'src/route'],
  'src/replay': ['src/core', 'src/decision-log', 'src/directives', 'src/eval', 'src/route'],
  'src/simulator': ['src/core'],
  'src/eval': ['src/core', 'src/route'],
  'src/probes': ['src/core', 'src/usage'],
  'src/server': ['src/core', 'src/stream', 'src/telemetry', 'src/usage', 'src/wire', 'src'],
  src: [
    'src/cache',
    'src/core',
    'src/directives',
    'src/classify',
    'src/decision-log',
    'src/dialects',
    'src/tool-calls',
    'src/route',
    'src/dispatch',
    'src/guards',
    'src/learn',
    'src/limits',
    'src/server',
    'src/sessions',
    'src/stream',
    'src/telemetry',
    'src/usage',
    'src/wire',
  ],
  'src/platform/node': ['*'],
  'src/platform/web': ['*'],
  'src/platform/workers': ['*'],
  routers: ['src/core'],
  policies: [],
  catalog: [],
}

/** Packages that only some folders may use; `node:` means every module of Node. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  hono: ['src/server'],
  jose: ['src/server'],
  '@hono/node-server': ['src/platform/node'],
  undici: ['src/platform/node'],
  'onnxruntime-node': ['src/platform/node'],
  'lru-cache': ['src/platform/web'],
  'cloudflare:workers': ['src/platform/workers'],
  '@redis/client': ['src/platform/node'],
  commander: ['src/platform/node'],
  yaml: ['src/config', 'src/dialects', 'src/platform/node'],
  zod: ['src/config', 'src/wire', 'src/probes', 'routers'],
  'eventsource-parser': ['src/stream'],
  jsonrepair: ['src/dialects', 'src/tool-calls'],
  '@cfworker/json-schema': ['src/tool-calls'],
  '@smithy/eventstream-codec': ['src/stream'],
  '@smithy/util-utf8': ['src/stream'],
  aws4fetch: ['src/providers'],
  '@opentelemetry/api': ['src/telemetry', 'src/platform/node', 'src/platform/web'],
  '@opentelemetry/core': ['src/platform/node', 'src/platform/web'],
  '@opentelemetry/sdk-trace': ['src/platform/node', 'src/platform/web'],
  '@opentelemetry/resources': ['src/platform/node', 'src/platform/web'],
  '@opentelemetry/sdk-metrics': ['src/platform/node'],
  '@opentelemetry/exporter-trace-otlp-http': ['src/platform/node'],
  '@opentelemetry/exporter-metrics-otlp-http': ['src/platform/node'],
  '@opentelemetry/exporter-logs-otlp-http': ['src/platform/node'],
  'node:': ['src/platform/node'],
}

/** Globals that reach outside: they come in through ports. */
const BANNED =
  /(?<![.\w])(?:Date\.now|Math\.random|process\.env|fetch\((?!request: Request)|setTimeout\(|setInterval\()/

/** The imports of one file that its folder may not make, each with the reason. */
function forbiddenImports(file: string, source: string): string[] {
  const folder = folderOf(file)
  const problems: string[] = []
  for (const specifier of importsOf(source)) {
    if (specifier.startsWith('.') || specifier.startsWith('#core/')) {
      const target = specifier.startsWith('#core/')
        ? `src/core/${specifier.slice(6)}`
        : normalize(join(dirname(file), specifier))
      const targetFolder = folderOf(target)
      const isOwn = folder === 'routers' ? sameRouter(file, target) : targetFolder === folder
      const allowed = EDGES[folder] ?? []
      if (!isOwn && !allowed.includes('*') && !allowed.includes(targetFolder)) {
        problems.push(`${file}: ${folder} may not import ${targetFolder} (${specifier})`)
      }
    } else {
      const name = specifier.startsWith('node:') ? 'node:' : packageOf(specifier)
      const folders = PACKAGES[name]
      if (folders === undefined) problems.push(`${file}: ${name} is in no list of packages`)
      else if (!folders.includes(folder)) problems.push(`${file}: ${folder} may not use ${name}`)
    }
  }
  return problems
}

/** Routers share the generated list at their root and the heads; beyond them, each sees only its own folder. */
function sameRouter(file: string, target: string): boolean {
  const [, name] = file.split('/')
  const [root, other] = target.split('/')
  return root === 'routers' && (name === other || other === 'heads' || name?.endsWith('.ts') === true)
}

function importsOf(source: string): string[] {
  const pattern = /^\s*(?:import|export)\s(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
  return [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '')
}

function packageOf(specifier: string): string {
  const [scope, name] = specifier.split('/')
  return scope?.startsWith('@') === true ? `${scope}/${name}` : (scope ?? specifier)
}

function folderOf(file: string): string {
  const parts = file.split('/')
  if (parts[0] !== 'src') return parts[0] ?? ''
  if (parts[1] === 'platform') return parts.slice(0, 3).join('/')
  return parts.length === 2 ? 'src' : `src/${parts[1]}`
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('/train/'))
    .filter((name) => statSync(join(ROOT, name)).isFile())
}

const files = ['src', 'routers', 'policies', 'catalog'].flatMap(sources)
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

test('every import is in the table of who may import whom', () => {
  expect(files.length).toBeGreaterThan(50)
  expect(files.flatMap((file) => forbiddenImports(file, read(file)))).toEqual([])
})

test('the table refuses imports that it does not list', () => {
  const cases = [
    ['src/wire/openai-chat/index.ts', "import { x } from '../../dispatch/dispatch.ts'"],
    ['src/route/route.ts', "import { x } from '../dispatch/dispatch.ts'"],
    ['src/core/request.ts', "export { x } from '../wire/index.ts'"],
    ['src/dispatch/attempt.ts', "import { Pool } from 'undici'"],
    ['src/pipeline.ts', "import { readFileSync } from 'node:fs'"],
    ['src/usage/price.ts', "const late = await import('hono')"],
    ['routers/uniform/index.ts', "import { x } from '../clusters/index.ts'"],
    ['src/novelty/thing.ts', "import { x } from '../core/request.ts'"],
    ['src/core/request.ts', "import left from 'left-pad'"],
  ] as const
  for (const [file, source] of cases) expect(forbiddenImports(file, source), `${file}: ${source}`).toHaveLength(1)
})

test('time, randomness, environment and network come in through ports', () => {
  const outside = files.filter((file) => !file.startsWith('src/platform/'))
  const offenders = outside.flatMap((file) =>
    read(file)
      .split('\n')
      .filter((line) => BANNED.test(line) && !/^\s*(?:\*|\/\/|\/\*\*)/.test(line))
      .map((line) => `${relative(ROOT, join(ROOT, file))}: ${line.trim()}`),
  )
  expect(offenders).toEqual([])
})

test('no file is longer than 400 lines', () => {
  expect(files.filter((file) => read(file).split('\n').length > 400)).toEqual([])
})

test('no file has a name that says nothing', () => {
  const forbidden = /\/(?:utils|helpers|common|misc|types|constants)\.ts$|-v2\.ts$/
  expect(files.filter((file) => forbidden.test(file))).toEqual([])
})
