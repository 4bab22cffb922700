import { expect, test } from 'vitest'
import { isRefusal } from './refusal.ts'

test('set words of refusal in many languages are known', () => {
  const refusals = [
    "I'm sorry, but I can't assist with that.",
    'I’m sorry, but I cannot help with that request.',
    'I can’t help with that.',
    "I'm not able to help with this.",
    'Sorry, I can’t fulfil this request.',
    'I must decline.',
    'Es tut mir leid, aber dabei kann ich nicht helfen.',
    'Dabei kann ich dir leider nicht helfen.',
    'Je suis désolé, mais je ne peux pas vous aider.',
    'Désolée, je ne peux pas répondre à cette demande.',
    'Lo siento, pero no puedo ayudarte con eso.',
    'Desculpe, mas não posso ajudar com isso.',
    'Mi dispiace, ma non posso aiutarti con questo.',
    'Sorry, maar daar kan ik je niet mee helpen.',
    'Przepraszam, ale nie mogę w tym pomóc.',
    'Извините, но я не могу с этим помочь.',
    '抱歉，我无法协助您完成这个请求。',
    '申し訳ありませんが、そのご要望にはお応えできません。',
    '죄송합니다. 그 요청은 도와드릴 수 없습니다.',
  ]
  expect(refusals.filter((text) => !isRefusal(text))).toEqual([])
})

test('answers that apologise, deny or quote are none', () => {
  const answers = [
    '',
    'No.',
    "I'm sorry to hear that. Here is what you can do: rest.",
    'I am afraid of spiders, too.',
    'Sorry for the confusion! The answer is 42.',
    'I can help with that: first, open the file.',
    'You cannot divide by zero.',
    'He said "I’m sorry, but I can’t help with that."',
    'Es tut mir leid, dass du krank bist. Trink Tee.',
    'Das tut mir leid! Hier ist ein Rezept.',
    'Lo siento mucho. Aquí tienes una receta.',
    'Je suis désolée pour toi. Voici une idée.',
    "I can't recommend this book enough: it is a delight.",
    `I’m sorry, but I can’t help with that. ${'But here is what I can say about it. '.repeat(20)}`,
  ]
  expect(answers.filter(isRefusal)).toEqual([])
})

test('the recogniser reads a long answer at once', () => {
  const startedAt = performance.now()
  for (let time = 0; time < 1_000; time += 1) isRefusal(`申し訳ありませんが${'、あ'.repeat(190)}`)
  expect(performance.now() - startedAt).toBeLessThan(500)
})
