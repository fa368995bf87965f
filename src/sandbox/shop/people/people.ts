import type { Basics } from '../basics.ts'
import { hash2 } from '../random.ts'
import type { ProfileTable } from '../profile-table.ts'
import { type Person, personOf } from './person.ts'

/** The customers as far as one needs to know them to write to them. */
export class People {
  readonly count: number
  readonly profileTable: ProfileTable
  readonly #key: number

  constructor(basics: Basics, profileTable: ProfileTable) {
    this.count = profileTable.count
    this.profileTable = profileTable
    this.#key = hash2(basics.seed, 0x70656f70)
  }

  id(i: number): string {
    return this.profileTable.id(i)
  }

  find(id: string): number {
    return this.profileTable.find(id)
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
