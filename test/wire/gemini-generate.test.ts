import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { casesOf, describeCases } from './cases.ts'

const CODE =
  'code that Google ran is text of the answer: a client must not run it, and no other format has a place for it'
const SERVER = 'a call that Google answers itself is none of the client’s calls'

describeCases(geminiGenerate, casesOf('gemini-generateContent'), {
  'vercel_responses:226': CODE,
  'vercel_responses:242': CODE,
  'vercel_responses:243': CODE,
  'vercel_responses:244': SERVER,
  'vercel_responses:245': SERVER,
  'vercel_responses:270': CODE,
  'vercel_responses:271': CODE,
  'vercel_responses:272': CODE,
  'vercel_responses:273': SERVER,
})
