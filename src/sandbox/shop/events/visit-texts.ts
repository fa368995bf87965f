import type { Basics } from '../basics.ts'
import type { Group } from '../groups.ts'
import type { MetricKey } from '../metrics.ts'
import { awkward } from '../names.ts'
import type { Random } from '../random.ts'
import { type BlobPool, raw, SESSION, VALUE } from './blob-pool.ts'

/** Texts of the metrics that neither an order nor a message is behind. */
export type VisitTexts = Readonly<Record<VisitKey, readonly number[]>>

type VisitKey = Extract<
  MetricKey,
  | 'activeOnSite'
  | 'viewedForm'
  | 'submittedForm'
  | 'submittedSearch'
  | 'earnedPoints'
  | 'finishedQuiz'
  | 'boughtInStore'
  | 'reviewedProduct'
  | 'subscribedEmail'
  | 'subscribedList'
  | 'unsubscribedList'
  | 'updatedPreferences'
  | 'consentedSms'
>

type Properties = Readonly<Record<string, unknown>>

/** Long enough that a reader's buffers must grow. */
const LONG_TEXT = 'Ich möchte mich bedanken. ありがとう! '.repeat(320)

export function addVisitTexts(basics: Basics, pool: BlobPool, lists: readonly Group[]): VisitTexts {
  const random = basics.random('visit texts')
  const some = (count: number, make: (i: number) => Properties): readonly number[] =>
    Array.from({ length: count }, (_, i) => pool.add(make(i)))
  const list = (group: Group): Properties => ({
    List: group.name,
    list_id: group.id,
    method: random.pick(['form', 'api', 'Shopify', null]),
  })
  return {
    activeOnSite: some(48, () => ({
      page: `https://${basics.storefront.domain}/${random.pick(['', 'about', 'sale', 'blog/über-uns', '検索?q=茶'])}`,
      browser: random.pick(['Chrome', 'Safari', 'Firefox', '']),
      os: random.pick(['iOS', 'Android', 'Windows', null]),
    })),
    viewedForm: some(12, () => ({
      form_id: random.pick(['pop-up', 'footer']),
      form_type: random.pick(['POPUP', 'EMBED']),
      step_index: 0,
    })),
    submittedForm: some(40, (i) => ({
      form_id: 'contact',
      message: i % 10 === 7 ? LONG_TEXT : random.pick(awkward),
      consent: random.pick([true, 'true', 1, null]),
    })),
    submittedSearch: some(40, () => ({
      query: random.pick([...awkward, 'socken', 'サンダル', 'قميص']),
      results: random.below(90),
      facets: {},
    })),
    earnedPoints: some(30, () => ({
      Points: random.pick([10, 25.5, raw('-9007199254740993'), raw('9007199254740993'), raw('1e3')]),
      tier: random.pick(['gold', 'silver', '']),
      ref: `p-${SESSION}`,
    })),
    finishedQuiz: some(40, (i) => quiz(random, i)),
    boughtInStore: some(40, () => ({
      $value: VALUE,
      'store.name': random.pick(['København', 'Łódź', 'Downtown #2']),
      till: random.below(9),
      receipt: raw(`900719925474099${SESSION}`),
    })),
    reviewedProduct: some(30, () => ({
      rating: random.between(1, 5),
      body: random.pick(awkward),
      verified: random.chance(0.8),
    })),
    subscribedEmail: some(6, () => ({
      method: random.pick(['form', 'checkout', 'api']),
      double_opt_in: random.chance(0.4),
    })),
    subscribedList: lists.map((group) => pool.add(list(group))),
    unsubscribedList: lists.map((group) => pool.add(list(group))),
    updatedPreferences: some(8, () => ({
      preferences: { 'every day': false, weekly: true, langue: random.pick(['fr', 'en']) },
    })),
    consentedSms: some(6, () => ({
      method: random.pick(['keyword', 'form']),
      keyword: random.pick(['JOIN', '加入', null]),
    })),
  }
}

/** The same keys with other types each time, nested and with names that need quoting. */
const quiz = (random: Random, i: number): Properties => ({
  'quiz.name': 'Hauttyp – “Quel est le vôtre?”',
  score: random.pick([random.below(100), String(random.below(100)), null, [1, 2]]),
  answers: {
    '1': random.pick(awkward),
    '2 ': { 'multi "choice"': random.some(['a', 'b', 'c'], 2), other: { deep: { deeper: { deepest: i } } } },
  },
  '🧴': random.chance(0.5),
  ...(i % 3 === 0 ? { optional: '' } : i % 3 === 1 ? { optional: null } : {}),
  ID: i,
  id: String(i),
})
