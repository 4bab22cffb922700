import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { casesOf, describeCases } from './cases.ts'

const JSON_TOOL = 'The reference asked for JSON through a tool of its own named json; here that is a call.'
const DECIDED_BY_CONTENT =
  'An answer with calls for the client ends with them, whatever its label (tool-calling.md §2.1).'
const NO_FINISH = "The reference's test keeps the calls alone: no usage to compare."

const THROWN = 'The reference throws this error; the row has no word for that.'

describeCases(anthropicMessages, casesOf('anthropic-messages'), {
  'vercel_responses:144': JSON_TOOL,
  'vercel_responses:188': JSON_TOOL,
  'vercel_responses:156': DECIDED_BY_CONTENT,
  'vercel_responses:209': DECIDED_BY_CONTENT,
  'vercel_responses:217': DECIDED_BY_CONTENT,
  'vercel_responses:218': DECIDED_BY_CONTENT,
  'vercel_responses:219': DECIDED_BY_CONTENT,
  'vercel_responses:220': DECIDED_BY_CONTENT,
  'vercel_responses:206': NO_FINISH,
  'vercel_responses:207': NO_FINISH,
  'vercel_responses:208': NO_FINISH,
  'vercel_responses:221': THROWN,
  'vercel_responses:222': THROWN,
})
