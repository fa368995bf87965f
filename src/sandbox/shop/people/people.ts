import type { Ground } from '../ground.ts'
import { hash2 } from '../random.ts'
import type { Roster } from '../roster.ts'
import { type Person, personOf } from './person.ts'

/** The customers as far as one needs to know them to write to them. */
export class People {
  readonly count: number
  readonly roster: Roster
  readonly #key: number

  constructor(ground: Ground, roster: Roster) {
    this.count = roster.count
    this.roster = roster
    this.#key = hash2(ground.seed, 0x70656f70)
  }

  id(i: number): string {
    return this.roster.id(i)
  }

  find(id: string): number {
    return this.roster.find(id)
  }

  /** Anybody's facts; a number past the last profile's makes up somebody new. */
  person(number: number): Person {
    return personOf(this.#key, number)
  }

  email(i: number): string | null {
    return this.person(i).email
  }

  phoneNumber(i: number): string | null {
    return this.person(i).phoneNumber
  }

  externalId(i: number): string | null {
    return this.person(i).externalId
  }
}
