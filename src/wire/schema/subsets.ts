// What of JSON Schema each kind of target takes in the parameters of its tools: one row a kind, and the reasons beside it.
// What a row says nothing of is taken as it stands. What is no JSON Schema at all is mended for every row (mend-node.ts).

/** How a kind of target differs from one that takes any JSON Schema whose root is an object. */
export type SchemaSubset = {
  /** The root is an object that says so, without branches, `enum` and `not`; what branches hold is merged into it. */
  readonly plainRoot?: true
  /** A root need not say that it is an object. */
  readonly untypedRoot?: true
  /** All that the root may hold. */
  readonly rootMembers?: ReadonlySet<string>
  /** `alone`: nothing may stand beside a `$ref`. `inlined`: none is known; what repeats itself is cut. */
  readonly references?: 'alone' | 'inlined'
  /** A list of types becomes branches of one type each. */
  readonly typeLists?: 'branches'
  /** `nullable: true` instead of the type null. */
  readonly nulls?: 'nullable'
  readonly oneOf?: 'anyOf'
  readonly allOf?: 'merged'
  readonly constants?: 'enum'
  /** Enums hold texts: others are written as text, and what the model chose is read back. */
  readonly enums?: 'strings'
  /** What a list of schemas, each for one place, becomes; `items` is one schema for all of them. */
  readonly tuples?: 'prefixItems' | 'items'
  /** The root must say which members it has, be it none. */
  readonly needsProperties?: true
  /** Arrays must say what they hold. */
  readonly needsItems?: true
  /** What is required must be among the properties. */
  readonly declaredRequired?: true
  /** Every schema says its type; one that takes anything becomes branches, or a text that holds JSON. */
  readonly needsTypes?: 'branches' | 'text'
  /** Objects have members; those of any name become a text that holds JSON. */
  readonly emptyObjects?: 'text'
  /** A type stands in the branches of `anyOf`, never beside it. */
  readonly typeInBranches?: true
  /** `true` and `false` are no schemas. */
  readonly noBooleans?: true
  /** All keywords it knows: of others, those that constrain are said in the description. */
  readonly keywords?: ReadonlySet<string>
  /** Comments on the schema, left out without a word. */
  readonly silent?: ReadonlySet<string>
  /** All formats of strings it knows. */
  readonly formats?: ReadonlySet<string>
  /** What properties may be called, everywhere or at the root alone. Others are renamed, and named back in calls. */
  readonly propertyNames?: { readonly valid: RegExp; readonly where: 'root' | 'everywhere' }
  /** Objects are closed, with every property required of them: a schema that is not is no longer enforced. */
  readonly enforced?: 'closed' | 'closed-and-required'
  /** Keywords with which a schema cannot be enforced at all. */
  readonly refused?: readonly string[]
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const COMMENTS = words('$schema $id $comment examples')

/** Checked at the root alone: https://github.com/anthropics/claude-code/issues/79418, https://github.com/n8n-io/n8n/issues/30590 */
const CLAUDE_NAMES = { valid: /^[a-zA-Z0-9_.-]{1,64}$/, where: 'root' } as const

/**
 * "input_schema does not support oneOf, allOf, or anyOf at the top level", and a list of `items` is no schema of draft
 * 2020-12. https://github.com/nspady/google-calendar-mcp/issues/39
 */
const CLAUDE = { plainRoot: true, tuples: 'prefixItems', propertyNames: CLAUDE_NAMES } as const satisfies SchemaSubset

/** What models that are shown a schema by a template understand best: nothing that is said elsewhere. */
const FLAT = {
  references: 'inlined',
  oneOf: 'anyOf',
  allOf: 'merged',
  silent: words('$schema $id $comment'),
} as const satisfies SchemaSubset

/** One row for each kind of target. */
export const SCHEMA_SUBSETS = {
  /** Servers of which nothing is known. */
  'openai-compatible': { untypedRoot: true },
  /**
   * "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level", "array schema
   * missing items", "object schema missing properties". https://github.com/langchain-ai/langchainjs/issues/9804,
   * https://github.com/PrefectHQ/fastmcp/issues/2464, https://github.com/github/copilot-cli/issues/2223
   */
  openai: { plainRoot: true, needsProperties: true, needsItems: true, tuples: 'items' },
  /** https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
  'openai-strict': {
    plainRoot: true,
    needsItems: true,
    enforced: 'closed-and-required',
    refused: ['oneOf', 'allOf', 'not', 'if', 'patternProperties', 'propertyNames', 'dependentRequired'],
  },
  anthropic: CLAUDE,
  /**
   * Everything else makes the API refuse the request.
   * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
   */
  'anthropic-strict': {
    oneOf: 'anyOf',
    enforced: 'closed',
    silent: COMMENTS,
    keywords: words(
      '$ref $defs definitions type enum const anyOf allOf title description properties required items format minItems additionalProperties default',
    ),
    formats: words('date-time time date duration email hostname uri ipv4 ipv6 uuid'),
  },
  /** `parameters`, a selection of OpenAPI 3.0, for models from before `parametersJsonSchema`. https://ai.google.dev/api/caching#Schema */
  'gemini-parameters': {
    plainRoot: true,
    references: 'inlined',
    typeLists: 'branches',
    nulls: 'nullable',
    oneOf: 'anyOf',
    allOf: 'merged',
    constants: 'enum',
    enums: 'strings',
    tuples: 'items',
    needsItems: true,
    // "required[0]: property is not defined"
    declaredRequired: true,
    needsTypes: 'text',
    emptyObjects: 'text',
    noBooleans: true,
    silent: new Set([...COMMENTS, 'title', 'default', 'additionalProperties']),
    keywords: words(
      'type format description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength pattern anyOf propertyOrdering items minimum maximum',
    ),
    formats: words('enum date-time'),
    propertyNames: { valid: /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, where: 'everywhere' },
  },
  /** `parametersJsonSchema`, `responseJsonSchema`. https://ai.google.dev/api/generate-content#generationconfig */
  'gemini-json': { references: 'alone', silent: words('$schema') },
  'bedrock-claude': CLAUDE,
  /** "extraneous key [definitions] is not permitted". https://github.com/zed-industries/zed/issues/28521 */
  'bedrock-nova': { ...FLAT, plainRoot: true, rootMembers: words('type properties required') },
  bedrock: FLAT,
  mistral: { untypedRoot: true, tuples: 'prefixItems' },
  cohere: { untypedRoot: true, tuples: 'prefixItems' },
  groq: { untypedRoot: true, tuples: 'prefixItems' },
  /** What its types hold is all that its templates show. https://github.com/ollama/ollama/blob/main/api/types.go */
  ollama: { ...FLAT, constants: 'enum', tuples: 'items', noBooleans: true },
  /**
   * "Moonshot flavored JSON schema": every schema has a type, beside `anyOf` none, and beside a `$ref` nothing.
   * https://github.com/MoonshotAI/kimi-cli/issues/1595, https://github.com/MoonshotAI/kimi-cli/issues/2061
   */
  moonshot: {
    plainRoot: true,
    references: 'alone',
    tuples: 'prefixItems',
    needsTypes: 'branches',
    typeInBranches: true,
    noBooleans: true,
  },
} as const satisfies Record<string, SchemaSubset>

export type SchemaSubsetId = keyof typeof SCHEMA_SUBSETS
