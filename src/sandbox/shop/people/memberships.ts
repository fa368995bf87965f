import type { Basics } from '../basics.ts'
import type { Group } from '../groups.ts'
import { hash2, hashText } from '../random.ts'
import type { ProfileTable } from '../profile-table.ts'
import type { Membership } from '../types.ts'

type Keyed = Group & Readonly<{ key: number }>

/** Who is in which list or segment. A hash decides, so that a profile's groups are known without any group's members. */
export class Memberships {
  readonly #profileTable: ProfileTable
  readonly #nowMs: number
  readonly #groups: ReadonlyMap<string, Keyed>
  readonly #members = new Map<string, readonly Membership[]>()

  constructor(basics: Basics, profileTable: ProfileTable, groups: readonly Group[]) {
    this.#profileTable = profileTable
    this.#nowMs = basics.nowS * 1000
    this.#groups = new Map(
      groups.map((group) => [group.id, { ...group, key: hash2(basics.seed, hashText(group.id)) }]),
    )
  }

  /** In the order of joining; empty for an unknown id. Kept once they were asked for. */
  of(groupId: string): readonly Membership[] {
    const known = this.#members.get(groupId)
    if (known !== undefined) return known
    const group = this.#groups.get(groupId)
    if (group === undefined) return []
    const members: Membership[] = []
    for (let i = 0; i < this.#profileTable.count; i++) {
      if (isMember(group, i)) members.push({ profileIndex: i, joinedAtMs: this.#joinedAtMs(group, i) })
    }
    members.sort((a, b) => a.joinedAtMs - b.joinedAtMs || a.profileIndex - b.profileIndex)
    this.#members.set(groupId, members)
    return members
  }

  size(groupId: string): number {
    const group = this.#groups.get(groupId)
    let size = 0
    if (group === undefined) return size
    for (let i = 0; i < this.#profileTable.count; i++) if (isMember(group, i)) size++
    return size
  }

  /** Those of the groups that a profile is in. */
  among(groups: readonly Group[], i: number): readonly string[] {
    return groups.flatMap(({ id }) => {
      const group = this.#groups.get(id)
      return group !== undefined && isMember(group, i) ? [id] : []
    })
  }

  /** Most join as they come, in the second in which they do; the others some time between then and now. */
  #joinedAtMs({ key }: Keyed, i: number): number {
    const createdMs = Math.floor((this.#profileTable.createdMicros[i] ?? 0) / 1_000_000) * 1000
    const chance = hash2(key + 1, i)
    if (chance % 10 < 6) return createdMs
    return createdMs + Math.floor((chance / 0x1_0000_0000) * Math.max(0, this.#nowMs - 1000 - createdMs))
  }
}

const isMember = ({ key, share }: Keyed, i: number): boolean => hash2(key, i) < share * 0x1_0000_0000
