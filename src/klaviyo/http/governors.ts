import type { Clock } from '../../util/clock.ts'
import { createGovernor, type Governor } from './governor.ts'

type Account = Readonly<{ governor: Governor; share: { smallest: number } }>

/**
 * The governors of a process: one for each of Klaviyo's accounts, however many keys and clients it has, for as long
 * as the process lives. Klaviyo counts by account, so two governors of one account would overspend together.
 */
export class Governors {
  readonly #clock: Clock
  /** By account, and by key while its account is not known. */
  readonly #accounts = new Map<string, Account>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * The governor for a key, by a name for the key (a fingerprint). Once the key's account is known, what it hands
   * out is that account's. Where several shares are asked for, the smallest holds for the account.
   */
  forKey(key: string, rateShare = 1): Governor {
    this.#open(`key ${key}`, rateShare)
    const now = (): Governor => this.#open(`key ${key}`, 1).governor
    return {
      acquire: (budget, signal, waiting) => now().acquire(budget, signal, waiting),
      waitMs: (budget) => now().waitMs(budget),
      usage: (budgetKey) => now().usage(budgetKey),
    }
  }

  /**
   * A key turned out to be that account's. The first key of an account brings its governor along; what another one
   * has spent before is not carried over, so identify a key before it reads in earnest.
   */
  identify(key: string, account: string): void {
    const own = this.#open(`key ${key}`, 1)
    const shared = this.#accounts.get(`account ${account}`) ?? own
    lower(shared, own.share.smallest)
    this.#accounts.set(`account ${account}`, shared)
    this.#accounts.set(`key ${key}`, shared)
  }

  #open(name: string, rateShare: number): Account {
    const known = this.#accounts.get(name)
    if (known !== undefined) {
      lower(known, rateShare)
      return known
    }
    const share = { smallest: rateShare }
    const governor = createGovernor({ clock: this.#clock, rateShare: () => share.smallest })
    const account = { governor, share }
    this.#accounts.set(name, account)
    return account
  }
}

function lower({ share }: Account, rateShare: number): void {
  share.smallest = Math.min(share.smallest, rateShare)
}
