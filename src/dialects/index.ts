import type { Dialect } from './dialect.ts'
import { GEMMA_DIALECTS } from './gemma.ts'
import { harmony } from './harmony.ts'
import { hermes } from './hermes.ts'
import { JSON_DIALECTS } from './json-dialects.ts'
import { MARKUP_DIALECTS } from './markup-dialects.ts'
import { morphXml } from './morph-xml.ts'
import { NAMED_DIALECTS } from './named-dialects.ts'
import { PYTHON_DIALECTS } from './python-dialects.ts'
import { yamlXml } from './yaml-xml.ts'

export const DIALECTS: ReadonlyMap<string, Dialect> = new Map(
  [
    ...JSON_DIALECTS,
    ...PYTHON_DIALECTS,
    ...NAMED_DIALECTS,
    ...MARKUP_DIALECTS,
    ...GEMMA_DIALECTS,
    harmony,
    hermes,
    morphXml,
    yamlXml,
  ].map((dialect) => [dialect.id, dialect]),
)
