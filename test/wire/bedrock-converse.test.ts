import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { casesOf, describeCases } from './cases.ts'

describeCases(bedrockConverse, casesOf('bedrock-converse'), {})
