import { awkward } from '../names.ts'
import type { Random } from '../random.ts'

const LONG_NOTE = 'Kundin seit Jahren – très fidèle ❤️ '.repeat(180)

/** What a shop keeps about a customer in properties of its own: every type, every kind of key, seldom all of them. */
export function customProperties(random: Random, number: number): Readonly<Record<string, unknown>> {
  if (random.chance(0.2)) return {}
  const tier = random.pick(['gold', 'silver', 'bronze', '', null, 'Łódź “VIP”'])
  return {
    'loyalty tier': tier,
    ...(random.chance(0.4) ? { points: random.pick([0, 12.5, -3, 1e21, 0.1 + 0.2, '1,200']) } : {}),
    // As shops number their customers: past 2^53, and past 64 bits.
    ...(random.chance(0.3) ? { shop_customer_number: 9_007_199_254_740_993n + BigInt(number) } : {}),
    ...(number % 97 === 5
      ? { ledger_account: 123_456_789_012_345_678_901_234_567_890n + BigInt(number) }
      : {}),
    ...(random.chance(0.3) ? { birthday: `19${random.between(50, 99)}-0${random.between(1, 9)}-17` } : {}),
    ...(random.chance(0.3)
      ? { 'quiz.result': { 'skin type 🧴': random.pick(awkward), steps: [1, [2, []]] } }
      : {}),
    ...(random.chance(0.2) ? { $source: -6, Accepts_Marketing: random.pick([true, 'true', 1, null]) } : {}),
    ...(random.chance(0.15) ? { note: random.pick(awkward) } : {}),
    ...(random.chance(0.1) ? { '"quoted" key\\': [], 'last.seen.store': {}, '': 'nameless' } : {}),
    ...(number % 211 === 7 ? { note: LONG_NOTE } : {}),
    ...(random.chance(0.1) ? { ID: number, id: String(number) } : {}),
  }
}
